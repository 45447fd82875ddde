"""Asking for a second look, and answering it."""

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length

from board.moderation.appeals.models import Appeal
from board.moderation.rulings.models import Ruling
from board.web.forms import Form


class AppealForm(Form):
    text = TextAreaField(
        _("Why the decision should be changed"),
        [DataRequired(_("Please write something.")), Length(max=Appeal.TEXT_MAX)],
        description=_("Only moderators can read this."),
    )
    key = HiddenField()


class DecideForm(Form):
    outcome = HiddenField(validators=[AnyOf(("uphold", "reject"))])
    says = StringField(
        _("Reason, read by both sides"),
        [DataRequired(_("Please write something.")), Length(max=Ruling.NOTE_MAX)],
    )

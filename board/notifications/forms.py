"""Forms of notifications."""

from typing import Any

from flask_babel import lazy_gettext as _
from wtforms import HiddenField, SelectChoice, SelectField
from wtforms.validators import Optional, Regexp

from board.accounts.email.frequency import Frequency
from board.notifications.models import Kind
from board.web.forms import ROW_ID, Form

_FREQUENCIES = [
    SelectChoice(Frequency.OFF.value, _("No email")),
    SelectChoice(Frequency.AT_ONCE.value, _("At once")),
    SelectChoice(Frequency.HOURLY.value, _("Once an hour")),
    SelectChoice(Frequency.DAILY.value, _("Once a day, in the morning")),
]


class SeenForm(Form):
    """Marks as seen what the page showed: nothing newer than `up_to`."""

    up_to = HiddenField(validators=[Optional(), Regexp(f"{ROW_ID}$")])
    next = HiddenField()


def _frequency(label: Any) -> SelectField:
    return SelectField(label, choices=_FREQUENCIES)


class PreferencesForm(Form):
    """How often somebody wants emails, by kind."""

    reply = _frequency(_("Replies to my comments"))
    mention = _frequency(_("Mentions of my name"))
    decision = _frequency(_("Decisions on my comments or account"))
    featured = _frequency(_("My comments that the newsroom features"))

    @property
    def chosen(self) -> dict[Kind, Frequency]:
        return {Kind(field.name): Frequency(field.data) for field in self}

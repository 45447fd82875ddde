"""What somebody whose rights a comment hurts tells us, and what we answer."""

import re
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, RadioField, StringField, TextAreaField
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError

from board.comments.models import Comment
from board.db import db
from board.forms import ROW_ID, Form
from board.moderation.models import Ruling
from board.moderation.takedowns import Claim, Claimant

_COMMENT = re.compile(rf"(?:^|/comments/|#comment-)({ROW_ID})/?(?:[?#].*)?$")
_EMPTY = _("Please write something.")
_CHOOSE = _("Please choose one.")


def kinds() -> list[tuple[str, str]]:
    return [
        ("privacy", gettext("Privacy, personal information")),
        ("defamation", gettext("Defamation")),
        ("copyright", gettext("Copyright")),
        ("election", gettext("Election law")),
        ("other", gettext("Another right")),
    ]


def wishes() -> list[tuple[str, str]]:
    return [
        ("block", gettext("Take it down for a time")),
        ("delete", gettext("Delete it")),
        ("rebuttal", gettext("Publish my answer to it")),
    ]


def requesters() -> list[tuple[str, str]]:
    return [
        ("person", gettext("Myself, or a person I act for")),
        ("company", gettext("A company or organisation")),
        ("public", gettext("A public body or public figure")),
    ]


class ClaimForm(Form):
    url = StringField(
        _("Address of the comment"),
        [DataRequired(_EMPTY), Length(max=500)],
        description=_("From the menu of the comment: Copy link."),
    )
    sentence = StringField(_("Which words"), [DataRequired(_EMPTY), Length(max=Claim.SENTENCE_MAX)])
    kind = RadioField(_("Which right they hurt"), [DataRequired(_CHOOSE)], choices=kinds)
    text = TextAreaField(
        _("How they hurt it"),
        [DataRequired(_EMPTY), Length(max=Claim.TEXT_MAX)],
        description=_("What is untrue, or why it should not be public, as far as you can show it."),
    )
    wish = RadioField(_("What you ask for"), choices=wishes, default="block")
    requester = RadioField(_("Whose right it is"), [DataRequired(_CHOOSE)], choices=requesters)
    name = StringField(_("Your name"), [DataRequired(_EMPTY), Length(max=Claimant.NAME_MAX)])
    contact = StringField(
        _("Where we reach you"),
        [DataRequired(_EMPTY), Length(max=Claimant.CONTACT_MAX)],
        description=_("An e-mail address or a telephone number."),
    )
    consent = BooleanField(
        _(
            "I agree that my name and contact are kept to deal with this claim, for three years "
            "after it has ended. Without them it cannot be dealt with. They are never published "
            "and the author does not learn them."
        ),
        [DataRequired(_("Without this we cannot take the claim."))],
    )
    comment: Comment

    def validate_url(self, field: Any) -> None:
        found = _COMMENT.search(field.data or "")
        comment = db.session.get(Comment, int(found[1])) if found else None
        if comment is None or not comment.is_visible:
            raise ValidationError(gettext("There is no comment at this address."))
        self.comment = comment

    def told(self) -> dict[str, str]:
        names = ("sentence", "kind", "text", "wish", "requester", "name", "contact")
        return {name: self[name].data for name in names}


class StatusForm(Form):
    receipt = StringField(_("Receipt number"), [DataRequired(_EMPTY), Length(max=20)])
    secret = StringField(_("Code"), [DataRequired(_EMPTY), Length(max=40)])


class AnswerForm(Form):
    outcome = HiddenField(validators=[AnyOf(("block", "reject"))])
    says = StringField(
        _("Why, in a sentence that the claimant reads"),
        [DataRequired(_EMPTY), Length(max=Ruling.NOTE_MAX)],
    )

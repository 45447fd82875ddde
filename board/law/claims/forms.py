"""Forms of rights claims: make one, check its status, answer it, name a contact."""

import re
from typing import Any

from flask import request
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    HiddenField,
    MultipleFileField,
    RadioField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, DataRequired, Length, ValidationError

from board.comments.models import Comment
from board.db import db
from board.law.claims.contact_preferences import ContactPreference
from board.law.claims.evidence import Evidence, Upload, media_type
from board.law.claims.models import Claim, Claimant
from board.law.claims.uploads import ReceivedFile
from board.moderation.rulings.models import Ruling
from board.text import normalize_file_name
from board.web.forms import ROW_ID, Form

_COMMENT_ID = re.compile(rf"(?:^|/comments/|#comment-)({ROW_ID})/?(?:[?#].*)?$")
_EMPTY = _("Please write something.")
_CHOOSE = _("Please choose one.")
_MEGABYTES = Evidence.BYTES_MAX // 1024**2


def claim_kinds() -> list[tuple[str, str]]:
    return [
        ("privacy", gettext("Privacy, personal information")),
        ("defamation", gettext("Defamation")),
        ("copyright", gettext("Copyright")),
        ("election", gettext("Election law")),
        ("other", gettext("Another right")),
    ]


def wishes() -> list[tuple[str, str]]:
    return [
        ("block", gettext("Temporary takedown (30 days)")),
        ("delete", gettext("Delete it")),
        ("rebuttal", gettext("Publish my response")),
    ]


def requesters() -> list[tuple[str, str]]:
    return [
        ("person", gettext("Myself, or someone I represent")),
        ("company", gettext("A company or organisation")),
        ("public", gettext("A public body or public figure")),
    ]


def find_comment(address: str | None) -> Comment | None:
    """The comment that a link, or a number alone, names; None where there is none."""
    match = _COMMENT_ID.search(address or "")
    return db.session.get(Comment, int(match[1])) if match else None


class ClaimForm(Form):
    url = StringField(
        _("Link to the comment"),
        [DataRequired(_EMPTY), Length(max=500)],
        description=_("Use “Copy link” in the comment menu."),
    )
    sentence = StringField(
        _("Wording complained of"), [DataRequired(_EMPTY), Length(max=Claim.SENTENCE_MAX)]
    )
    kind = RadioField(_("Right affected"), [DataRequired(_CHOOSE)], choices=claim_kinds)
    text = TextAreaField(
        _("What happened"),
        [DataRequired(_EMPTY), Length(max=Claim.TEXT_MAX)],
        description=_("What is untrue, or why it should not be public, with what you can show."),
    )
    proof = MultipleFileField(
        _("Evidence"),
        description=_("Pictures or documents (PNG, JPEG, WebP, HEIC, PDF, plain text)."),
    )
    wish = RadioField(_("What you request"), choices=wishes, default="block")
    rebuttal = TextAreaField(
        _("Your response, if you want one published"),
        [Length(max=Claim.REBUTTAL_MAX)],
        description=_("It is published below the comment in your words, without your name."),
    )
    requester = RadioField(_("Who is affected"), [DataRequired(_CHOOSE)], choices=requesters)
    identity = MultipleFileField(
        _("Proof of identity or authority"),
        description=_(
            "A copy of an identity card or a power of attorney; cover the last seven digits of "
            "the resident registration number. All files together: up to %(most)d MB. They are "
            "encrypted, only moderators open them while the claim is open, and they are deleted "
            "30 days after the claim is closed.",
            most=_MEGABYTES,
        ),
    )
    name = StringField(_("Your name"), [DataRequired(_EMPTY), Length(max=Claimant.NAME_MAX)])
    contact = StringField(
        _("Contact details"),
        [DataRequired(_EMPTY), Length(max=Claimant.CONTACT_MAX)],
        description=_("An email address or phone number. We will tell you the outcome there."),
    )
    consent = BooleanField(
        _("I agree that my name and contact details are kept"),
        [DataRequired(_("Without this we cannot accept the claim."))],
        description=_(
            "They are kept to process this claim, and for three years after it is closed. Without "
            "them it cannot be processed. They are never published or shown to the author."
        ),
    )
    comment: Comment

    def validate_url(self, field: Any) -> None:
        comment = find_comment(field.data)
        if comment is None or not comment.is_visible:
            raise ValidationError(gettext("There is no comment at this link."))
        self.comment = comment

    def validate_rebuttal(self, field: Any) -> None:
        if self.wish.data == "rebuttal" and not field.data:
            raise ValidationError(gettext("Enter the response to be published."))

    def validate_proof(self, field: Any) -> None:
        self._validate_files(field)

    def validate_identity(self, field: Any) -> None:
        self._validate_files(field)

    def _validate_files(self, field: Any) -> None:
        files = self._uploads(field.name)
        if len(files) > Evidence.FILES_MAX:
            raise ValidationError(gettext("No more than %(most)d files.", most=Evidence.FILES_MAX))
        if files and self._size() > Evidence.BYTES_MAX:
            raise ValidationError(
                gettext("All files together: up to %(most)d MB.", most=_MEGABYTES)
            )
        for file in files:
            if media_type(file.data) is None:
                name = normalize_file_name(file.name, length_max=Evidence.NAME_MAX)
                text = gettext("“%(name)s” is not a type of file we accept.", name=name)
                raise ValidationError(text)

    def uploads(self) -> list[Upload]:
        return [*self._uploads("proof"), *self._uploads("identity")]

    def has_files(self) -> bool:
        return bool(self._received("proof") or self._received("identity"))

    def _uploads(self, kind: str) -> list[Upload]:
        return [Upload(kind, name, file.getvalue()) for name, file in self._received(kind)]

    def _size(self) -> int:
        return sum(file.size for kind in ("proof", "identity") for _, file in self._received(kind))

    def _received(self, kind: str) -> list[tuple[str, ReceivedFile]]:
        """Names and files; a browser sends an empty one for an empty field."""
        files = [(file.filename or "", file.stream) for file in request.files.getlist(kind)]
        return [(name, file) for name, file in files if name and isinstance(file, ReceivedFile)]

    def particulars(self) -> dict[str, str]:
        names = (
            "sentence", "kind", "text", "wish", "rebuttal", "requester", "name", "contact"
        )  # fmt: skip
        return {name: self[name].data or "" for name in names}


class StatusForm(Form):
    receipt = StringField(_("Claim number"), [DataRequired(_EMPTY), Length(max=20)])
    secret = StringField(_("Code"), [DataRequired(_EMPTY), Length(max=40)])


class AnswerForm(Form):
    outcome = HiddenField(validators=[AnyOf(("block", "remove", "rebut", "reject"))])
    # Sent by the page that asks before a comment is removed for good.
    sure = HiddenField()
    says = StringField(
        _("Reason, read by the claimant"),
        [DataRequired(_EMPTY), Length(max=Ruling.NOTE_MAX)],
    )


class ContactForm(Form):
    contact = StringField(
        _("Where to notify you of a rights complaint about one of your comments"),
        [Length(max=ContactPreference.CONTACT_MAX)],
        description=_(
            "An email address or phone number, if you want to be notified there as well. Only "
            "moderators see it, and it is used for nothing else."
        ),
    )

"""What somebody whose rights a comment hurts tells us, and what we answer."""

import io
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
from board.law.claims.contact_preferences import Channel
from board.law.claims.evidence import Evidence, Upload, media_type, tidy_name
from board.law.claims.models import Claim, Claimant
from board.moderation.rulings.models import Ruling
from board.web.forms import ROW_ID, Form

_COMMENT = re.compile(rf"(?:^|/comments/|#comment-)({ROW_ID})/?(?:[?#].*)?$")
_EMPTY = _("Please write something.")
_CHOOSE = _("Please choose one.")
_MEGABYTES = Evidence.BYTES_MAX // 1024**2


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


def find_comment(address: str | None) -> Comment | None:
    """Whatever an address, or a number alone, names."""
    found = _COMMENT.search(address or "")
    return db.session.get(Comment, int(found[1])) if found else None


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
    proof = MultipleFileField(
        _("What shows it"),
        description=_("Pictures or documents (PNG, JPEG, WebP, HEIC, PDF, plain text)."),
    )
    wish = RadioField(_("What you ask for"), choices=wishes, default="block")
    rebuttal = TextAreaField(
        _("Your answer, if you ask for one to be published"),
        [Length(max=Claim.REBUTTAL_MAX)],
        description=_("It is published below the comment in your words, without your name."),
    )
    requester = RadioField(_("Whose right it is"), [DataRequired(_CHOOSE)], choices=requesters)
    identity = MultipleFileField(
        _("Who you are, or that you may act for them"),
        description=_(
            "A copy of an identity card or a power of attorney; cover the last seven digits of the "
            "resident registration number. All files together: %(most)d MB at most. They are "
            "encrypted, only moderators open them while the claim is open, and these are deleted "
            "30 days after it has ended.",
            most=_MEGABYTES,
        ),
    )
    name = StringField(_("Your name"), [DataRequired(_EMPTY), Length(max=Claimant.NAME_MAX)])
    contact = StringField(
        _("Where we reach you"),
        [DataRequired(_EMPTY), Length(max=Claimant.CONTACT_MAX)],
        description=_("An e-mail address or a telephone number; the outcome is told there."),
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
    _sizes = 0

    def validate_url(self, field: Any) -> None:
        comment = find_comment(field.data)
        if comment is None or not comment.is_visible:
            raise ValidationError(gettext("There is no comment at this address."))
        self.comment = comment

    def validate_rebuttal(self, field: Any) -> None:
        if self.wish.data == "rebuttal" and not field.data:
            raise ValidationError(gettext("Please write the answer that is to be published."))

    def validate_proof(self, field: Any) -> None:
        self._refuse_files(field)

    def validate_identity(self, field: Any) -> None:
        self._refuse_files(field)

    def _refuse_files(self, field: Any) -> None:
        files = self._read(field.name)
        if len(files) > Evidence.FILES_MAX:
            raise ValidationError(gettext("At most %(most)d files.", most=Evidence.FILES_MAX))
        for file in files:
            if media_type(file.data) is None:
                name = tidy_name(file.name)
                raise ValidationError(
                    gettext("“%(name)s” is none of the kinds of files we take.", name=name)
                )
        if sum(len(each.data) for each in self.files()) > Evidence.BYTES_MAX:
            raise ValidationError(
                gettext("All files together: %(most)d MB at most.", most=_MEGABYTES)
            )

    def files(self) -> list[Upload]:
        return [*self._read("proof"), *self._read("identity")]

    def _read(self, kind: str) -> list[Upload]:
        found = []
        for upload in request.files.getlist(kind):
            stream = upload.stream
            if upload.filename and isinstance(stream, io.BytesIO):
                found.append(Upload(kind, upload.filename, stream.getvalue()))
        return found

    def told(self) -> dict[str, str]:
        names = (
            "sentence", "kind", "text", "wish", "rebuttal", "requester", "name", "contact"
        )  # fmt: skip
        return {name: self[name].data or "" for name in names}


class StatusForm(Form):
    receipt = StringField(_("Receipt number"), [DataRequired(_EMPTY), Length(max=20)])
    secret = StringField(_("Code"), [DataRequired(_EMPTY), Length(max=40)])


class AnswerForm(Form):
    outcome = HiddenField(validators=[AnyOf(("block", "remove", "rebut", "reject"))])
    says = StringField(
        _("Why, in a sentence that the claimant reads"),
        [DataRequired(_EMPTY), Length(max=Ruling.NOTE_MAX)],
    )


class ChannelForm(Form):
    contact = StringField(
        _("Where to tell you when somebody claims that a comment of yours hurts their rights"),
        [Length(max=Channel.CONTACT_MAX)],
        description=_(
            "An e-mail address or a telephone number, if you want to be told there as well. Only "
            "moderators see it, and use it for nothing else."
        ),
    )

"""Forms of unlocking, recovery, and what an unlocked desk is not enough for."""

import unicodedata
from typing import Any

from flask import url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, HiddenField, StringField
from wtforms.validators import Length, ValidationError

from board.tips.crypto import passphrases
from board.tips.crypto.phrase_parser import InvalidPhrase
from board.tips.forms import REQUIRED, WordsField
from board.tips.web.phrase_errors import phrase_error_text
from board.web.forms import Form, safe_redirect_path


class UnlockForm(Form):
    """The words of a tip reader; `phrase` is what they are, once the form is valid."""

    WORDS = passphrases.PASSPHRASE_WORDS
    hide = BooleanField(_("Hide what I type"))
    passphrase = WordsField(
        _("Passphrase"),
        [REQUIRED, Length(max=300)],
        description=_("Six words. The first two syllables of each are enough."),
    )
    next = HiddenField()  # the page that was asked for while tips were locked
    phrase = ""
    is_recovery = False  # whether the words are those of the recovery sheet

    def validate_passphrase(self, field: Field) -> None:
        if field.errors:
            return
        try:
            self.phrase = passphrases.read_phrase(field.data, self.WORDS)
        except InvalidPhrase as error:
            raise ValidationError(phrase_error_text(error)) from None

    def next_page(self) -> str:
        """That page if it is one of the desk, otherwise the inbox."""
        path = safe_redirect_path(self.next.data)
        return path if path.startswith("/desk/") else url_for("tip_desk.inbox")


class CodeForm(Form):
    """The second factor, asked for again if this person has one."""

    code = StringField(
        _("Two-step verification code"),
        [Length(max=40)],
        description=_("The six digits in your app, or one of your backup codes."),
    )


class RecoverForm(UnlockForm, CodeForm):
    WORDS = passphrases.RECOVERY_WORDS
    is_recovery = True
    passphrase = WordsField(
        _("Recovery words"),
        [REQUIRED, Length(max=600)],
        lines=3,
        description=_("The twelve words on your recovery sheet."),
    )


class OwnerForm(UnlockForm, CodeForm):
    """Proof that this is the owner of the key, and not somebody at their unlocked desk: the
    passphrase, or the recovery words.
    """

    passphrase = WordsField(
        _("Passphrase or recovery words"),
        [REQUIRED, Length(max=600)],
        lines=3,
        description=_("The six words, or the twelve on your recovery sheet."),
    )

    def validate_passphrase(self, field: Field) -> None:
        if field.errors:
            return
        try:
            self.phrase = passphrases.read_phrase(field.data, passphrases.RECOVERY_WORDS)
            self.is_recovery = True
        except InvalidPhrase:
            super().validate_passphrase(field)


class LossForm(CodeForm):
    """What is lost has to be typed: nobody clicks that through."""

    loss = StringField(_("Type this sentence"), [Length(max=200)])
    lost_count: int | None = None  # tips; None if nothing has to be typed

    @property
    def sentence(self) -> str:
        return ngettext("I lose %(num)s tip", "I lose %(num)s tips", self.lost_count or 0)

    def validate_loss(self, field: Any) -> None:
        if field.errors or self.lost_count is None:
            return
        if _folded(field.data) != _folded(self.sentence):
            raise ValidationError(gettext("Type the sentence exactly as it is shown."))


class OwnerLossForm(OwnerForm, LossForm):
    """Both."""


def _folded(text: str | None) -> str:
    """Without what somebody types differently without noticing: spaces, case, the full stop."""
    return "".join(unicodedata.normalize("NFC", text or "").casefold().split()).rstrip(".")

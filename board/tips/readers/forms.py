"""Forms of unlocking, recovery, and what an unlocked desk is not enough for."""

import unicodedata
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, PasswordField, StringField
from wtforms.validators import Length, ValidationError

from board.tips.forms import REQUIRED
from board.web.forms import Form


class UnlockForm(Form):
    passphrase = PasswordField(
        _("Passphrase"),
        [REQUIRED, Length(max=300)],
        description=_("Six words. The first two syllables of each are enough."),
    )


class CodeForm(Form):
    """The second factor, asked for again if this person has one."""

    code = StringField(
        _("Two-step verification code"),
        [Length(max=40)],
        description=_("The six digits in your app, or one of your backup codes."),
    )


class RecoverForm(UnlockForm, CodeForm):
    passphrase = PasswordField(
        _("Recovery words"),
        [REQUIRED, Length(max=600)],
        description=_("The twelve words on your recovery sheet."),
    )


class OwnerForm(UnlockForm, CodeForm):
    """Proof that this is the owner of the key, and not somebody at their unlocked desk."""

    ticket = HiddenField()
    passphrase = PasswordField(
        _("Passphrase or recovery words"),
        [REQUIRED, Length(max=600)],
        description=_("The six words, or the twelve on your recovery sheet."),
    )


class LossForm(CodeForm):
    """What is lost has to be typed: nobody clicks that through."""

    ticket = HiddenField()
    loss = StringField(_("Type this sentence"), [Length(max=200)])
    lost_count: int | None = None  # tips; None if nothing has to be typed

    @property
    def sentence(self) -> str:
        return ngettext("I lose %(num)s tip", "I lose %(num)s tips", self.lost_count or 0)

    def validate_loss(self, field: Any) -> None:
        if self.lost_count is not None and _folded(field.data) != _folded(self.sentence):
            raise ValidationError(gettext("Type the sentence exactly as it is shown."))


class OwnerLossForm(OwnerForm, LossForm):
    """Both."""


def _folded(text: str | None) -> str:
    """Without what somebody types differently without noticing: spaces, case, the full stop."""
    return "".join(unicodedata.normalize("NFC", text or "").casefold().split()).rstrip(".")

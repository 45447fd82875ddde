"""Forms of email verification."""

import unicodedata
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, StringField
from wtforms.validators import DataRequired, Length, ValidationError

from board.accounts.auth.current_user import current_user
from board.accounts.auth.disposable_addresses import refuse_disposable
from board.accounts.forms import EmailField, NewPassword, PasswordField, is_email
from board.accounts.sign_in.own_password import OwnPasswordForm
from board.accounts.verification.models import CODE_DIGITS, EmailVerification
from board.web.forms import Form

_required = DataRequired(_("Please fill this in."))


class EmailForm(Form):
    """The address a code is sent to."""

    email = EmailField(_("Email"), [_required])
    next = HiddenField()

    def validate_email(self, field: Any) -> None:
        if not is_email(field.data):
            raise ValidationError(gettext("This is not an email address."))


class CorrectedEmailForm(EmailForm):
    """Another address for an account that is made, or changes it."""

    def validate_email(self, field: Any) -> None:
        super().validate_email(field)
        refuse_disposable(field.data)


class NewEmailForm(OwnPasswordForm, CorrectedEmailForm):
    email = EmailField(_("New email"), [_required])
    password = PasswordField(_("Current password"), [_required])

    def validate_email(self, field: Any) -> None:
        super().validate_email(field)
        if field.data == current_user().email:
            raise ValidationError(gettext("This is your email address already."))


class VerificationCodeForm(Form):
    code = StringField(
        _("Verification code"),
        [_required, Length(max=40)],
        description=_("%(digits)d digits", digits=CODE_DIGITS),
    )

    @property
    def digits(self) -> str:
        """What was typed, without spaces, hyphens and full width."""
        text = unicodedata.normalize("NFKC", self.code.data or "")
        return "".join(char for char in text if char.isascii() and char.isdigit())


class ResetForm(NewPassword):
    password = PasswordField(
        _("New password"), [_required], description=NewPassword.password.kwargs["description"]
    )
    about: EmailVerification

    def guessable_words(self) -> list[str]:
        return [*super().guessable_words(), self.about.address.partition("@")[0]]

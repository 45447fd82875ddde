"""Forms of accounts: sign-up, sign-in, two-step verification, settings."""

import re
from typing import Any

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, HiddenField, StringField
from wtforms import PasswordField as PlainPasswordField
from wtforms.validators import DataRequired, Length, ValidationError

from board.accounts.auth.disposable_addresses import refuse_disposable
from board.accounts.auth.passwords import (
    PASSWORD_MAX,
    PASSWORD_MIN,
    hash_password,
    is_guessable,
    normalize_password,
)
from board.accounts.display_names import (
    DELETED_USER_NAME,
    NAME_MAX,
    NAME_MIN,
    imitates_staff,
    is_valid_name,
    name_key,
)
from board.accounts.models import User
from board.text import normalize_line
from board.text.domains import ascii_domain
from board.web.forms import Form

_EMAIL = re.compile(r"[^@\s\"(),:;<>\[\]\\]+@[^@\s\"(),:;<>\[\]\\.]+(\.[^@\s\"(),:;<>\[\]\\.]+)+")
_LABEL_MAX = 63  # characters between two dots of a domain
_required = DataRequired(_("Please fill this in."))


def normalize_email(email: str | None) -> str:
    """Case-folded, with the domain in punycode, which takes quadratic time: not if it is too long
    for an address."""
    address = normalize_line(email or "").casefold()
    return ascii_domain(address) if len(address) <= User.EMAIL_MAX else address


def is_email(address: str) -> bool:
    """Whether mail can be sent there. A local part that is not ASCII needs mail servers that few
    people have."""
    return (
        len(address) <= User.EMAIL_MAX
        and address.isascii()
        and bool(_EMAIL.fullmatch(address))
        and all(len(label) <= _LABEL_MAX for label in address.rpartition("@")[2].split("."))
    )


class EmailField(StringField):
    """An email address, case-folded."""

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([normalize_email(value) for value in valuelist])


class PasswordField(PlainPasswordField):
    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata([normalize_password(value) for value in valuelist])


class SignInForm(Form):
    email = EmailField(_("Email"), [_required])
    password = PasswordField(_("Password"), [_required])
    next = HiddenField()
    challenge, solution = HiddenField(), HiddenField()
    can_add_passkey = HiddenField()  # filled in by a script, in browsers with passkeys


class CodeForm(Form):
    """A code of the second factor."""

    code = StringField(
        _("Two-step verification code"),
        [_required, Length(max=40)],
        description=_("The six digits in your app, or one of your backup codes."),
    )
    next = HiddenField()


class EnrolForm(Form):
    """Proof that the phone knows the secret in the enrolment token, `ticket`."""

    ticket = HiddenField()
    code = StringField(
        _("Digits in the app"),
        [_required, Length(max=40)],
        description=_("Six digits, changing every 30 seconds."),
    )
    present = StringField(
        _("Current code"),
        [Length(max=40)],
        description=_("From the app you use now, or one of your backup codes."),
    )
    next = HiddenField()


class NameForm(Form):
    name = StringField(
        _("Display name"),
        [_required],
        description=_(
            "%(min)d to %(max)d characters. It appears with everything you post.",
            min=NAME_MIN,
            max=NAME_MAX,
        ),
    )

    def validate_name(self, field: Any) -> None:
        if not is_valid_name(field.data):
            raise ValidationError(_name_rules())
        if name_key(field.data) == name_key(DELETED_USER_NAME):
            raise ValidationError(gettext("This name is reserved."))
        if imitates_staff(field.data, site_name=current_app.config["SITE_NAME"]):
            raise ValidationError(
                gettext("This name could be mistaken for a journalist or an official.")
            )


class NewPassword(Form):
    """The password field of sign-up and of the account page."""

    password = PasswordField(
        _("Password"),
        [_required],
        description=_(
            "At least %(min)d characters. A short sentence works well.",
            min=PASSWORD_MIN,
        ),
    )

    def guessable_words(self) -> list[str]:
        """Words an attacker would try first."""
        return [current_app.config["SITE_NAME"]]

    def validate_password(self, field: Any) -> None:
        if len(field.data) < PASSWORD_MIN:
            raise ValidationError(
                gettext("Passwords need at least %(min)d characters.", min=PASSWORD_MIN)
            )
        if len(field.data) > PASSWORD_MAX:
            raise ValidationError(
                gettext("Passwords can be up to %(max)d characters.", max=PASSWORD_MAX)
            )

    def hash_password(self) -> str | None:
        """The hash of a valid password; None if it is guessed quickly, with an error in the form.

        For a counted attempt only: both cost a core some time. Raises QueueFull.
        """
        if is_guessable(self.password.data, about=self.guessable_words()):
            text = gettext("This password is easy to guess. Please choose another one.")
            self.password.errors = [text]
            return None
        return hash_password(self.password.data)


class SignUpForm(NameForm, NewPassword):
    email = EmailField(
        _("Email"),
        [_required],
        description=_("For signing in and emails from us. Never shown to anyone."),
    )
    name = NameForm.name
    password = NewPassword.password
    of_age = BooleanField(
        _("I am 14 or older"),
        [DataRequired(_("You must be at least 14 to sign up."))],
    )
    next = HiddenField()

    def guessable_words(self) -> list[str]:
        return [
            *super().guessable_words(),
            *words_of(self.name.data or "", self.email.data or ""),
        ]

    def validate_email(self, field: Any) -> None:
        if not is_email(field.data):
            raise ValidationError(gettext("This is not an email address."))
        refuse_disposable(field.data)


def words_of(name: str, email: str) -> list[str]:
    """Name and local part of the email, no longer than the strength check needs."""
    return [name[: User.EMAIL_MAX], email.partition("@")[0][: User.EMAIL_MAX]]


def _name_rules() -> str:
    return gettext(
        "Use %(min)d to %(max)d characters: letters of one script, digits, spaces, and . _ -",
        min=NAME_MIN,
        max=NAME_MAX,
    )

"""Emails to the owner about a sign-in method that was added or removed."""

from functools import partial

from flask import url_for
from flask_babel import gettext as _

from board.accounts.email.queue import EmailText, EmailType, QueuedEmail
from board.accounts.models import User
from board.accounts.sign_in.methods import SignInMethod
from board.accounts.verification.emails import announce
from board.accounts.verification.models import ADDED, REMOVED
from board.web.i18n import format_datetime


def announce_added(method: SignInMethod, user: User) -> None:
    announce(f"{ADDED}{method.name}", user)


def announce_removed(method: SignInMethod, user: User) -> None:
    announce(f"{REMOVED}{method.name}", user)


def types_for(method: SignInMethod) -> dict[str, EmailType]:
    """The emails about this method, for wiring.py."""
    return {
        f"{prefix}{method.name}": EmailType(partial(text, method), lambda email: True)
        for prefix, text in ((ADDED, _added_text), (REMOVED, _removed_text))
    }


def _added_text(method: SignInMethod, email: QueuedEmail) -> EmailText:
    text = _(
        "Since %(when)s there is another way to sign in to your account: %(method)s. If you did "
        "not add it, remove it at once and change your password:",
        when=format_datetime(email.made_at),
        method=method.label,
    )
    return EmailText(_("New sign-in method"), _with_link(text))


def _removed_text(method: SignInMethod, email: QueuedEmail) -> EmailText:
    text = _(
        "A way to sign in to your account was removed on %(when)s: %(method)s. All other devices "
        "have been signed out. If you did not do this, look at what is left, and change your "
        "password:",
        when=format_datetime(email.made_at),
        method=method.label,
    )
    return EmailText(_("Sign-in method removed"), _with_link(text))


def _with_link(text: str) -> str:
    return f"{text}\n\n{url_for('sign_in_methods.index', _external=True)}\n"

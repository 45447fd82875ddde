"""Notifications of changes of an account: its password, address and sign-in methods. Their emails
leave at once, by themselves."""

from typing import cast

from flask_babel import gettext as _
from sqlalchemy import Table, insert

from board.accounts.models import User
from board.accounts.sign_in.methods import sign_in_methods
from board.accounts.verification.models import ADDED, ADDRESS, PASSWORD, REMOVED, TOKEN_MADE
from board.db import execute_core, now
from board.notifications.models import Kind, Notification, recount, remove

_notification = cast(Table, Notification.__table__)
# `about` of a notification is the place of its change in this list, which only grows at its end.
_METHODS = ("password", "email", "passkey", "kakao", "naver", "google", "apple", "oidc")
CHANGES = (
    "", PASSWORD, ADDRESS, *(f"{prefix}{name}" for name in _METHODS for prefix in (ADDED, REMOVED)),
    TOKEN_MADE,
)  # fmt: skip


def notify_of_change(user: User, change: str) -> None:
    """The same change again takes the place of one that is unseen."""
    values = {"user_id": user.id, "kind": Kind.ACCOUNT.value, "about": CHANGES.index(change)}
    remove(
        _notification.c.seen_at.is_(None), *(_notification.c[key] == values[key] for key in values)
    )
    row = {**values, "made_at": now(), "mailed_as": Notification.NO_EMAIL}
    execute_core(insert(_notification), row)
    recount([user.id])


def change_endpoint(about: int) -> str:
    """The page where such a change is made and undone."""
    return "personal_tokens.index" if CHANGES[about] == TOKEN_MADE else "sign_in_methods.index"


def change_text(about: int) -> str:
    change = CHANGES[about]
    if change == PASSWORD:
        return _("Your password has been changed")
    if change == ADDRESS:
        return _("Your email address has been changed")
    if change == TOKEN_MADE:
        return _("New token for your account")
    is_new = change.startswith(ADDED)
    name = change.removeprefix(ADDED if is_new else REMOVED)
    label = next(method.label for method in sign_in_methods if method.name == name)
    return f"{_('New sign-in method') if is_new else _('Sign-in method removed')}: {label}"

"""What happens once a code was right, in the same write. Called inside `writing()`."""

from collections.abc import Callable

from flask import redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import delete

from board.accounts import models
from board.accounts.auth.current_user import viewer
from board.accounts.auth.devices import Device
from board.accounts.auth.login import start_session
from board.accounts.models import User
from board.accounts.sign_in.after_sign_in import finish_sign_in
from board.accounts.verification import emails
from board.accounts.verification.models import (
    EmailChange,
    EmailVerification,
    Purpose,
    cancel_for_user,
    change_email,
)
from board.db import db, now
from board.runtime.hooks import Hook

# Effects of giving an account to the owner of its address: by the first verification ever, or by
# undoing a change. What somebody else may have added to sign in with is removed.
on_reclaimed: Hook[Callable[[User], None]] = Hook()

# Makes the answer, after the write. None: a right code that gives nothing, as if it were wrong.
Answer = Callable[[], ResponseReturnValue]


def complete(verification: EmailVerification) -> Answer | None:
    """Do what the address was verified for."""
    return _COMPLETE[Purpose(verification.purpose)](verification)


def create_account(verification: EmailVerification) -> Answer | None:
    """The account of a sign-up, signed in. Asks for another name if this one is taken."""
    if db.session.scalar(User.with_email(verification.address)):
        return None
    if db.session.scalar(User.named(verification.name)):
        verification.confirmed_at = now()
        return lambda: redirect(url_for("verification.name_form"), 303)
    user = models.sign_up(
        email=verification.address,
        name=verification.name,
        password_hash=verification.password_hash,
    )
    user.email_verified_at = now()
    db.session.flush()
    return _signed_in(user, verification)


def reset_password(verification: EmailVerification, password_hash: str) -> bool:
    """Set a new password, and end all sessions and devices. The second factor stays.

    False if the account was deleted meanwhile.
    """
    user = db.session.scalar(User.with_email(verification.address))
    if user is None:
        return False
    user.change_password(password_hash)
    if not user.email_verified_at:
        _reclaim(user)
    user.email_verified_at = now()
    Device.delete_for_user(user)
    cancel_for_user(user)
    emails.announce_password(user)
    return True


def undo_change(change: EmailChange) -> bool:
    """Give the account back to its old address: all sessions end, and a new password is needed.

    False if another account has that address by now.
    """
    user = db.session.get_one(User, change.user_id)
    owner = db.session.scalar(User.with_email(change.old_email))
    if owner and owner.id != user.id:
        return False
    user.email, user.email_verified_at = change.old_email, now()
    user.change_password("")
    _reclaim(user)
    Device.delete_for_user(user)
    cancel_for_user(user)
    later = EmailChange.user_id == user.id, EmailChange.id >= change.id
    db.session.execute(delete(EmailChange).where(*later))
    return True


def _reclaim(user: User) -> None:
    for effect in on_reclaimed:
        effect(user)


def _sign_in(verification: EmailVerification) -> Answer | None:
    """A session. Who verifies an old account's address for the first time chooses a new password:
    it may have been made by somebody else."""
    user = db.session.scalar(User.with_email(verification.address))
    if user is None or not user.email_verified_at:
        return _ask_for_password(verification)
    user.email_verified_at = now()
    return _signed_in(user, verification)


def _ask_for_password(verification: EmailVerification) -> Answer | None:
    if db.session.scalar(User.with_email(verification.address)) is None:
        return None
    verification.purpose, verification.confirmed_at = Purpose.RESET, now()
    return lambda: redirect(url_for("verification.password_form"), 303)


def _set_address(verification: EmailVerification) -> Answer | None:
    """The new address of the viewer, who asked for it. Refused if another account has it."""
    user, email = viewer(), verification.address
    if not isinstance(user, User) or user.id != verification.user_id:
        return None
    owner = db.session.scalar(User.with_email(email))
    db.session.delete(verification)
    if owner and owner.id != user.id:
        return lambda: redirect(url_for("verification.email", notice="email_taken"), 303)
    said = "email_verified" if email == user.email else "email_changed"
    if change := change_email(user, email):
        emails.announce_address(change, user)
    return lambda: redirect(url_for("verification.email", notice=said), 303)


def _signed_in(user: User, verification: EmailVerification) -> Answer:
    next = verification.next
    db.session.delete(verification)
    cookies = None if user.is_suspended else start_session(user)
    return lambda: finish_sign_in(user, cookies, next=next)


_COMPLETE = {
    Purpose.SIGN_UP: create_account,
    Purpose.SIGN_IN: _sign_in,
    Purpose.RESET: _ask_for_password,
    Purpose.ADDRESS: _set_address,
}

"""Emails about an account: codes, and what has happened to password and address."""

import secrets
from collections.abc import Callable
from datetime import timedelta

from flask import current_app, url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select

from board.accounts.email import queue as email_queue
from board.accounts.email.queue import EmailText, QueuedEmail, link_line
from board.accounts.models import User
from board.accounts.verification.models import (
    ADDRESS,
    CODE,
    EXISTS,
    PASSWORD,
    EmailChange,
    EmailVerification,
    Purpose,
)
from board.db import db, now
from board.runtime.app import signing_keys
from board.runtime.hooks import Hook
from board.web.i18n import format_datetime

# For sign-up there is an email to any address; for a new one its owner asked.
_TO_ANY_ADDRESS = (Purpose.SIGN_UP, Purpose.ADDRESS)
# How often an address is told that it has an account, however often somebody signs up with it.
EXISTS_EVERY = timedelta(days=1)


def send_code(verification: EmailVerification) -> None:
    """Queue an email with a new code. Whether it leaves is decided when it is sent."""
    verification.renew_code()
    db.session.flush()
    to, language = verification.address, verification.language
    email_queue.enqueue_at_once(CODE, verification.id, to=to, language=language)


# Effects of an announcement to the owner of an account, with or without an address: they get the
# user and the kind of email.
on_announced: Hook[Callable[[User, str], None]] = Hook()


def announce_password(user: User) -> None:
    announce(PASSWORD, user)


def announce(kind: str, user: User) -> None:
    """Tell the owner, also at addresses that were replaced a few days ago. An account may have no
    address."""
    changes = db.session.scalars(EmailChange.of_user(user))
    addresses = {user.email, *(change.old_email for change in changes)}
    for address in (each for each in addresses if "@" in each):
        about = secrets.randbits(62)  # it is about no row, and each is sent
        email_queue.enqueue_at_once(kind, about, to=address, language=user.language)
    _run_effects(user, kind)


def announce_address(change: EmailChange, user: User) -> None:
    email_queue.enqueue_at_once(ADDRESS, change.id, to=change.old_email, language=user.language)
    _run_effects(user, ADDRESS)


def _run_effects(user: User, kind: str) -> None:
    db.session.flush()
    for effect in on_announced:
        effect(user, kind)


def is_code_wanted(email: QueuedEmail) -> bool:
    """Not to an address without an account: nobody floods strangers through us. Who signs up with
    one that has an account is told so instead."""
    verification = db.session.get(EmailVerification, email.about)
    if verification is None or verification.address != email.address:
        return False
    expires_at = verification.code_expires_at
    is_current = expires_at is not None and expires_at > now()
    if verification.purpose == Purpose.SIGN_UP and _has_account(email):
        return is_current and _becomes_notice(email)
    return is_current and (verification.purpose in _TO_ANY_ADDRESS or _has_account(email))


def _becomes_notice(email: QueuedEmail) -> bool:
    """Make it the email that says that there is an account. False if there was one within a day."""
    told = select(QueuedEmail.id).where(
        QueuedEmail.address == email.address,
        QueuedEmail.kind == EXISTS,
        QueuedEmail.made_at > now() - EXISTS_EVERY,
    )
    if db.session.scalar(told.limit(1)):
        return False
    email.kind = EXISTS
    return True


def code_text(email: QueuedEmail) -> EmailText:
    verification = db.session.get_one(EmailVerification, email.about)
    code = verification.code(key=current_app.config["SECRET_KEY"])
    minutes, digits = EmailVerification.CODE_LIFE.seconds // 60, f"{code[:4]} {code[4:]}"
    return EmailText(
        _("Verification code"),
        _(
            "Your verification code is %(code)s\n\nIt works for %(minutes)d minutes, on the page "
            "where you asked for it. Tell it to nobody; we never ask for it.\n\nIf you did not "
            "ask for it, you can delete this email.",
            code=digits,
            minutes=minutes,
        ),
        code=digits,
    )


def exists_text(email: QueuedEmail) -> EmailText:
    return EmailText(
        _("You already have an account"),
        _(
            "Somebody tried to sign up with this address, which already has an account. If that "
            "was you, sign in, or choose a new password here:"
        )
        + f"\n\n{_link_to_reset()}\n\n"
        + _("If it was not you, there is nothing to do. Your account is safe."),
    )


def password_text(email: QueuedEmail) -> EmailText:
    return EmailText(
        _("Your password has been changed"),
        _(
            "The password of your account was changed on %(when)s. All other devices have been "
            "signed out. If you did not do this, choose a new password at once:",
            when=format_datetime(email.made_at),
        )
        + f"\n\n{_link_to_reset()}",
    )


def address_text(email: QueuedEmail) -> EmailText:
    change = db.session.get_one(EmailChange, email.about)
    undo = url_for("verification.undo_form", to=undo_token(change), _external=True)
    return EmailText(
        _("Your email address has been changed"),
        _(
            "The email address of your account was changed on %(when)s. From now on we write to "
            "the new one only. If you did not do this, undo it by %(until)s:",
            when=format_datetime(email.made_at),
            until=format_datetime(change.expires_at),
        )
        + "\n\n"
        + link_line(_("Undo change"), undo),
    )


def _link_to_reset() -> str:
    page = url_for("verification.begin_form", purpose=Purpose.RESET, _external=True)
    return link_line(_("Choose a new password"), page)


def is_address_wanted(email: QueuedEmail) -> bool:
    change = db.session.get(EmailChange, email.about)
    return change is not None and change.expires_at > now()


def undo_token(change: EmailChange) -> str:
    return str(_serializer().dumps([change.id, change.user_id]))


def change_of_token(token: str) -> EmailChange | None:
    """The change a link undoes. None if it was undone, is too old, or the link is not ours."""
    try:
        id, user_id = _serializer().loads(token)
    except BadSignature:
        return None
    change = select(EmailChange).where(EmailChange.id == id, EmailChange.user_id == user_id)
    return db.session.scalar(change.where(EmailChange.expires_at > now()))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt="undo address")


def _has_account(email: QueuedEmail) -> bool:
    return db.session.scalar(User.with_email(email.address)) is not None

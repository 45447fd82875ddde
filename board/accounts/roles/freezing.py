"""Freezing the access of staff, and resets of two-step verification, which a freeze stops."""

from datetime import timedelta

from board.accounts.models import User
from board.accounts.roles import emails
from board.accounts.roles.changes import NotAllowed, NotOpen, withdraw_made_by
from board.accounts.roles.log import StaffAction, append_entry
from board.accounts.roles.models import GrantState, RoleGrant
from board.accounts.roles.rules import may_freeze
from board.accounts.two_factor import models as two_factor
from board.db import db, now

FREEZE_FOR = timedelta(hours=24)


def freeze(user: User, *, by: User) -> None:
    """End all sessions and shut the pages of staff. Raises NotAllowed, and NotOpen if the account
    is frozen or not of staff."""
    if not may_freeze(by, user):
        raise NotAllowed
    if user.is_frozen or not user.is_staff:
        raise NotOpen
    _freeze(user, by=by)


def stop_reset(grant: RoleGrant) -> User | None:
    """By the owner of the account, whom nobody asked: who did may know the password, too."""
    user = grant.user
    if user and not user.is_frozen:
        _freeze(user, by=user)
    grant.close(GrantState.DECLINED)
    return user


def _freeze(user: User, *, by: User) -> None:
    """What is under way for or by this person ends with it."""
    user.frozen_until = now() + FREEZE_FOR
    user.end_sessions()
    db.session.flush()
    withdraw_made_by(user, by=by)
    for grant in db.session.scalars(RoleGrant.resets_of(user)).all():
        grant.close(GrantState.DECLINED)
    emails.announce(append_entry(StaffAction.FREEZE, by=by, about=user))


def unfreeze(user: User, *, by: User | None) -> None:
    """Raises NotAllowed, and NotOpen if it is over."""
    if by and not may_freeze(by, user):
        raise NotAllowed
    if not user.is_frozen:
        raise NotOpen
    user.frozen_until = None
    emails.announce(append_entry(StaffAction.UNFREEZE, by=by, about=user))


def has_due_resets() -> bool:
    return db.session.scalar(RoleGrant.due_resets().limit(1)) is not None


def run_resets() -> None:
    """Reset two-step verification where nobody objected in time."""
    for grant in db.session.scalars(RoleGrant.due_resets()).all():
        grant.close(GrantState.ACCEPTED)
        if grant.user and two_factor.reset(grant.user):
            emails.announce(append_entry(StaffAction.RESET, by=None, grant=grant))

"""Verbs of role grants: propose, second, accept, decline, withdraw, take away.

Called inside a write. Each is logged and told by email.
"""

from datetime import timedelta

from sqlalchemy import ColumnElement, func, select

from board.accounts.models import User
from board.accounts.roles import emails
from board.accounts.roles.log import StaffAction, append_entry
from board.accounts.roles.models import GrantState, RoleGrant
from board.accounts.roles.rules import (
    NEVER_NOBODY,
    SECOND_FACTOR,
    excludes,
    has_any,
    may_propose,
    may_take_away,
    rule_of,
)
from board.accounts.two_factor.models import has_any as has_any_factor
from board.db import db, now


class NotAllowed(Exception):
    """This person may not do that."""


class NotOpen(Exception):
    """Somebody was quicker: it has been seconded, accepted, withdrawn or taken away."""


class Impossible(Exception):
    """It may not be so. `code`: has_it, excluded, last, open, no_factor or too_many."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def propose(
    capability: str, *, by: User, why: str, subject: User | None = None, address: str = ""
) -> RoleGrant:
    """Propose to give a capability to a member, or to the owner of this verified address.

    What nobody has to second is offered at once. Raises NotAllowed and Impossible.
    """
    is_own = subject is by or address == by.email
    if is_own or not may_propose(by, capability, subject):
        raise NotAllowed
    _check_possible(capability, subject)
    if db.session.scalar(RoleGrant.same(capability, subject, address).limit(1)):
        raise Impossible("open")
    if _count_today(by) >= RoleGrant.PER_DAY:
        raise Impossible("too_many")
    grant = RoleGrant(
        capability=capability, user=subject, address=address, why=why, proposer=by,
        state=GrantState.PROPOSED.value, made_at=now(), expires_at=now() + RoleGrant.LIFE,
    )  # fmt: skip
    db.session.add(grant)
    db.session.flush()
    _record(StaffAction.PROPOSE, grant, by=by)
    if not rule_of(capability, subject).seconds:
        _offer(grant)
    return grant


def second(grant: RoleGrant, *, by: User | None) -> None:
    """Another person agrees; None: an administrator. Raises NotAllowed and NotOpen."""
    if not grant.is_open or grant.state != GrantState.PROPOSED:
        raise NotOpen
    if by and not grant.may_second(by):
        raise NotAllowed
    grant.seconder = by
    grant.expires_at = now() + RoleGrant.LIFE
    _record(StaffAction.SECOND, grant, by=by)
    _offer(grant)


def accept(grant: RoleGrant, *, by: User) -> None:
    """It is theirs from the next sign-in on. Raises NotAllowed, NotOpen and Impossible."""
    _check_offered(grant, by)
    if by.is_frozen or by.id in (grant.proposed_by, grant.seconded_by):
        raise NotAllowed
    _check_possible(grant.capability, by)
    grant.user = by
    grant.close(GrantState.ACCEPTED)
    by.grant(grant.capability)
    _record(StaffAction.ACCEPT, grant, by=by)


def decline(grant: RoleGrant, *, by: User) -> None:
    """Raises NotAllowed and NotOpen."""
    _check_offered(grant, by)
    grant.close(GrantState.DECLINED)
    _record(StaffAction.DECLINE, grant, by=by)


def withdraw(grant: RoleGrant, *, by: User) -> None:
    """Raises NotAllowed and NotOpen."""
    if not grant.is_open:
        raise NotOpen
    if not grant.may_withdraw(by):
        raise NotAllowed
    grant.close(GrantState.WITHDRAWN)
    _record(StaffAction.WITHDRAW, grant, by=by)


def withdraw_made_by(user: User, *, by: User | None) -> None:
    """What somebody proposed or seconded who may not do so any longer, or is frozen."""
    for grant in db.session.scalars(RoleGrant.made_by(user)).all():
        rule = rule_of(grant.capability, grant.user)
        if not has_any(user, (rule.proposes,) if grant.proposed_by == user.id else rule.seconds):
            grant.close(GrantState.WITHDRAWN)
            _record(StaffAction.WITHDRAW, grant, by=by)


def revoke(capability: str, user: User, *, by: User | None) -> None:
    """Gone with the next request. Raises NotAllowed, NotOpen, and Impossible for the last."""
    if not getattr(user, capability):
        raise NotOpen
    if by and not may_take_away(by, capability, user):
        raise NotAllowed
    # An administrator may take the last reader of tips away: there is one with the keys, or none.
    needs_another = capability in NEVER_NOBODY if by else capability == "can_appoint"
    if needs_another and not _others_with(capability, user):
        raise Impossible("last")
    user.revoke(capability)
    db.session.flush()
    withdraw_made_by(user, by=by)
    emails.announce(append_entry(StaffAction.REVOKE, by=by, about=user, capability=capability))


def grant_at_once(capability: str, user: User) -> None:
    """By an administrator. Raises Impossible."""
    if excludes(user, capability):
        raise Impossible("excluded")
    user.grant(capability)
    emails.announce(append_entry(StaffAction.GRANT, by=None, about=user, capability=capability))


def read_address(grant: RoleGrant, *, by: User) -> str:
    """The address of an invitation, for those who may act on it. Raises NotAllowed."""
    if not (grant.may_second(by) or grant.may_withdraw(by)):
        raise NotAllowed
    append_entry(StaffAction.READ_ADDRESS, by=by, grant=grant)
    return grant.address


def end_expired() -> None:
    """Forget the addresses of those that nobody answered."""
    for grant in db.session.scalars(RoleGrant.expired()).all():
        grant.close(GrantState.EXPIRED)


def has_expired() -> bool:
    return db.session.scalar(RoleGrant.expired().limit(1)) is not None


def delete_for_user(user: User) -> None:
    """Offers to somebody who leaves, and emails to their address."""
    for grant in db.session.scalars(RoleGrant.offers_to(user)).all():
        grant.close(GrantState.DECLINED)
    emails.delete_for_user(user)


def holders(capability: str) -> ColumnElement[bool]:
    return getattr(User, capability).is_(True) & User.left_on.is_(None)


def _offer(grant: RoleGrant) -> None:
    grant.state = GrantState.OFFERED.value
    if grant.is_reset:
        grant.reset_at = now() + RoleGrant.RESET_DELAY
    emails.announce_offer(grant)


def _check_offered(grant: RoleGrant, by: User) -> None:
    if not grant.is_open or grant.state != GrantState.OFFERED or grant.is_reset:
        raise NotOpen
    if not grant.is_for(by):
        raise NotAllowed


def _check_possible(capability: str, subject: User | None) -> None:
    """Raises Impossible."""
    if capability == SECOND_FACTOR:
        if subject is None or not subject.is_staff or not has_any_factor(subject):
            raise Impossible("no_factor")
    elif subject and getattr(subject, capability):
        raise Impossible("has_it")
    elif subject and excludes(subject, capability):
        raise Impossible("excluded")


def _others_with(capability: str, user: User) -> int:
    others = select(func.count()).where(holders(capability), User.id != user.id)
    return db.session.scalar(others) or 0


def _count_today(by: User) -> int:
    since = now() - timedelta(days=1)
    today = select(func.count()).where(RoleGrant.proposed_by == by.id, RoleGrant.made_at > since)
    return db.session.scalar(today) or 0


def _record(act: StaffAction, grant: RoleGrant, *, by: User | None) -> None:
    db.session.flush()
    emails.announce(append_entry(act, by=by, grant=grant))

"""Role grants: a capability on its way from a proposal to its new holder."""

import enum
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    literal,
    or_,
    select,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.accounts.roles.rules import SECOND_FACTOR, has_any, rule_of
from board.db import Base, now


class GrantState(enum.StrEnum):
    PROPOSED = "proposed"  # waits for somebody to second it
    OFFERED = "offered"  # waits to be accepted; a reset: for its time
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


OPEN = (GrantState.PROPOSED, GrantState.OFFERED)


class RoleGrant(Base):
    """A proposed capability, or reset of two-step verification. Proposer, seconder and subject are
    three people, or an administrator seconds and there are two."""

    __tablename__ = "role_grant"
    WHY_MAX = 200
    LIFE = timedelta(days=14)  # after the proposal, and again after it was seconded
    RESET_DELAY = timedelta(hours=24)  # in which the owner of the account can object
    PER_DAY = 20  # proposals of one person, so nobody can flood strangers through us
    __table_args__ = (
        CheckConstraint(
            "proposed_by <> seconded_by AND proposed_by <> user_id AND seconded_by <> user_id",
            name="three_people",
        ),
        Index(None, "state", "id"),
        {"sqlite_autoincrement": True},  # no number is used twice: emails and the log name them
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    capability: Mapped[str] = mapped_column(String(20))
    # The subject: a member, or the owner of a verified address, which is "" once this is over.
    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), index=True)
    address: Mapped[str] = mapped_column(String(User.EMAIL_MAX), default="", index=True)
    why: Mapped[str] = mapped_column(String(WHY_MAX))
    proposed_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    seconded_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    state: Mapped[str] = mapped_column(String(10), default=GrantState.PROPOSED.value)
    made_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    reset_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship(foreign_keys=user_id)
    proposer: Mapped[User] = relationship(foreign_keys=proposed_by)
    seconder: Mapped[User | None] = relationship(foreign_keys=seconded_by)

    @classmethod
    def open(cls) -> Select[Self]:
        """Those that wait for somebody, oldest first."""
        people = joinedload(cls.user), joinedload(cls.proposer), joinedload(cls.seconder)
        is_open = cls.state.in_(OPEN), cls.expires_at > now()
        return select(cls).where(*is_open).options(*people).order_by(cls.id)

    @classmethod
    def same(cls, capability: str, user: User | None, address: str) -> Select[Self]:
        """Open ones of this capability for the same person."""
        whose = cls.user_id == user.id if user else cls.address == address
        return cls.open().where(cls.capability == capability, whose)

    @classmethod
    def offers_to(cls, user: User) -> Select[Self]:
        """What this member may accept, oldest first."""
        by_address = and_(cls.address == user.email, literal(user.email_verified_at is not None))
        is_theirs = or_(cls.user_id == user.id, by_address)
        offered = cls.open().where(cls.state == GrantState.OFFERED, is_theirs)
        return offered.where(cls.capability != SECOND_FACTOR)

    @classmethod
    def made_by(cls, user: User) -> Select[Self]:
        """Open ones that this person proposed or seconded."""
        return cls.open().where(or_(cls.proposed_by == user.id, cls.seconded_by == user.id))

    @classmethod
    def resets_of(cls, user: User) -> Select[Self]:
        return cls.open().where(cls.capability == SECOND_FACTOR, cls.user_id == user.id)

    @classmethod
    def due_resets(cls) -> Select[Self]:
        return cls.open().where(cls.reset_at <= now(), cls.state == GrantState.OFFERED)

    @classmethod
    def expired(cls) -> Select[Self]:
        return select(cls).where(cls.state.in_(OPEN), cls.expires_at <= now())

    @property
    def is_open(self) -> bool:
        return self.state in OPEN and self.expires_at > now()

    @property
    def is_reset(self) -> bool:
        return self.capability == SECOND_FACTOR

    def may_second(self, user: User) -> bool:
        """Neither the proposer nor the subject, and somebody the rule names."""
        involved = self.proposed_by == user.id or self.user_id == user.id
        waits = self.is_open and self.state == GrantState.PROPOSED
        is_able = has_any(user, rule_of(self.capability, self.user).seconds)
        return waits and is_able and not involved and self.address != user.email

    def may_withdraw(self, user: User) -> bool:
        proposes = has_any(user, (rule_of(self.capability, self.user).proposes,))
        return self.is_open and (proposes or self.proposed_by == user.id)

    def is_for(self, user: User) -> bool:
        is_address = self.address == user.email and user.email_verified_at is not None
        return self.user_id == user.id or (self.user_id is None and is_address)

    def close(self, state: GrantState) -> None:
        self.state, self.address = state.value, ""

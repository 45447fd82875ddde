"""The staff log: who proposed, gave, took or froze what. All staff read it."""

import enum
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

from sqlalchemy import ForeignKey, Select, String, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.accounts.roles.models import RoleGrant
from board.db import Base, db, hash_chain, now


class StaffAction(enum.StrEnum):
    PROPOSE = "propose"
    SECOND = "second"
    ACCEPT = "accept"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    GRANT = "grant"  # at once, by an administrator
    REVOKE = "revoke"
    RESET = "reset"  # of two-step verification
    FREEZE = "freeze"
    UNFREEZE = "unfreeze"
    READ_ADDRESS = "read_address"
    LABEL_REPORTER = "label_reporter"
    LABEL_NEWSROOM = "label_newsroom"
    LABEL_OPERATIONS = "label_operations"
    LABEL_NONE = "label_none"


class StaffLogEntry(Base):
    """One act. Append-only, and never shortened: the law asks for three years at least. It has
    numbers of members and grants, no names and no addresses. See board/db/hash_chain.py."""

    __tablename__ = "staff_log"
    PAGE_SIZE = 50
    HASHED = ("act", "capability", "by_id", "about_id", "grant_id", "made_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(20))
    capability: Mapped[str] = mapped_column(String(20))  # "": it is about none
    # None: an administrator, or a job at its time.
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    # None: somebody invited by address, who has not accepted.
    about_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey(RoleGrant.id))
    made_at: Mapped[datetime] = mapped_column(default=now)
    hash: Mapped[bytes] = mapped_column(unique=True)

    by: Mapped[User | None] = relationship(foreign_keys=by_id)
    about: Mapped[User | None] = relationship(foreign_keys=about_id)
    grant: Mapped[RoleGrant | None] = relationship()

    @classmethod
    def newest(cls, *, before: int | None = None) -> Select[Self]:
        """One page and an entry, newest first."""
        people = joinedload(cls.by), joinedload(cls.about), joinedload(cls.grant)
        page = select(cls).options(*people).order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)
        return page.where(cls.id < before) if before else page

    @classmethod
    def of_user(cls, user: User) -> Select[Self]:
        """Entries by or about this person, oldest first."""
        concerned = or_(cls.by_id == user.id, cls.about_id == user.id)
        return select(cls).where(concerned).order_by(cls.id)

    def compute_hash(self, previous: bytes) -> bytes:
        return hash_chain.row_hash(previous, {name: getattr(self, name) for name in self.HASHED})


def export_roles(user: User) -> list[Mapping[str, Any]]:
    """For the data export: acts by and about this person."""
    return [
        {
            "act": entry.act,
            "capability": entry.capability,
            "was": "by" if entry.by_id == user.id else "about",
            "made_at": entry.made_at,
        }
        for entry in db.session.scalars(StaffLogEntry.of_user(user))
    ]


def append_entry(
    act: StaffAction,
    *,
    by: User | None,
    about: User | None = None,
    capability: str = "",
    grant: RoleGrant | None = None,
) -> StaffLogEntry:
    entry = StaffLogEntry(
        act=act.value,
        capability=grant.capability if grant else capability,
        by_id=by and by.id,
        about_id=grant.user_id if grant else about and about.id,
        grant_id=grant and grant.id,
        made_at=now(),
    )
    hash_chain.append(entry)
    return entry

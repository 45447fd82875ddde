"""Several accounts banned at once: one moderator proposes, another decides."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Self

from sqlalchemy import JSON, ForeignKey, Select, String, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, now
from board.moderation.rulings.models import Ruling
from board.moderation.users import sanctions as people


class NotByTheSame(Exception):
    """Whoever proposed it cannot approve it."""


class BanProposal(Base):
    """Several accounts to be banned at once: one moderator proposes, another decides."""

    __tablename__ = "ban_proposal"
    PEOPLE_MAX = 100

    id: Mapped[int] = mapped_column(primary_key=True)
    proposed_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    user_ids: Mapped[list[int]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(String(40))
    note: Mapped[str] = mapped_column(String(Ruling.NOTE_MAX), default="")
    made_at: Mapped[datetime] = mapped_column(default=now)
    decided_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    decided_at: Mapped[datetime | None]
    approved: Mapped[bool | None]

    proposer: Mapped[User] = relationship(foreign_keys=proposed_by)

    @classmethod
    def waiting(cls) -> Select[Self]:
        """Not yet decided, oldest first."""
        query = select(cls).where(cls.decided_at.is_(None)).options(joinedload(cls.proposer))
        return query.order_by(cls.id)

    def people(self) -> list[User]:
        return people_of([self])[self.id]


def propose(users: Iterable[User], *, by: User, reason: str, note: str = "") -> BanProposal | None:
    """Staff and oneself are left out; None when nobody is left."""
    ids = sorted({user.id for user in users if not people.is_not_sanctionable(user, by)})
    if not ids:
        return None
    ids = ids[: BanProposal.PEOPLE_MAX]
    proposal = BanProposal(proposed_by=by.id, user_ids=ids, reason=reason, note=note)
    db.session.add(proposal)
    return proposal


def count() -> int:
    waiting = select(func.count()).select_from(BanProposal)
    return db.session.scalar(waiting.where(BanProposal.decided_at.is_(None))) or 0


def people_of(proposals: Sequence[BanProposal]) -> dict[int, list[User]]:
    """Whom each of these would ban, by name; in one query."""
    ids = {id for proposal in proposals for id in proposal.user_ids}
    found = select(User).where(User.id.in_(ids)).order_by(User.name_key)
    users = list(db.session.scalars(found)) if ids else []
    return {
        proposal.id: [user for user in users if user.id in proposal.user_ids]
        for proposal in proposals
    }


def decide(proposal: BanProposal, *, by: User, approve: bool, told: str = "") -> None:
    """A second decision changes nothing. Raises NotByTheSame."""
    if proposal.decided_at is not None:
        return
    if approve and proposal.proposed_by == by.id:
        raise NotByTheSame
    proposal.decided_by, proposal.decided_at, proposal.approved = by.id, now(), approve
    for user in proposal.people() if approve else ():
        if not people.is_not_sanctionable(user, by):
            people.ban(user, by=by, reason=proposal.reason, note=proposal.note, told=told)

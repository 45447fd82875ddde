"""Bulk bans: one moderator proposes to ban several accounts, another decides."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Self

from sqlalchemy import JSON, ForeignKey, Select, String, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, now
from board.moderation.rulings.models import Ruling
from board.moderation.users import sanctions


class OwnProposal(Exception):
    """A moderator cannot approve their own proposal."""


class BanProposal(Base):
    """A proposal to ban several accounts at once."""

    __tablename__ = "ban_proposal"
    USERS_MAX = 100

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
    def pending(cls) -> Select[Self]:
        """Undecided proposals, oldest first."""
        query = select(cls).where(cls.decided_at.is_(None)).options(joinedload(cls.proposer))
        return query.order_by(cls.id)

    def users(self) -> list[User]:
        return users_by_proposal([self])[self.id]


def propose(users: Iterable[User], *, by: User, reason: str, note: str = "") -> BanProposal | None:
    """Propose to ban users, except staff and the proposer. Returns None if nobody is left."""
    ids = sorted({user.id for user in users if not sanctions.is_not_sanctionable(user, by)})
    if not ids:
        return None
    ids = ids[: BanProposal.USERS_MAX]
    proposal = BanProposal(proposed_by=by.id, user_ids=ids, reason=reason, note=note)
    db.session.add(proposal)
    return proposal


def count_pending() -> int:
    pending = select(func.count()).select_from(BanProposal)
    return db.session.scalar(pending.where(BanProposal.decided_at.is_(None))) or 0


def users_by_proposal(proposals: Sequence[BanProposal]) -> dict[int, list[User]]:
    """The users of each proposal, by name; in one query."""
    ids = {id for proposal in proposals for id in proposal.user_ids}
    query = select(User).where(User.id.in_(ids)).order_by(User.name_key)
    users = list(db.session.scalars(query)) if ids else []
    return {
        proposal.id: [user for user in users if user.id in proposal.user_ids]
        for proposal in proposals
    }


def decide(proposal: BanProposal, *, by: User, approve: bool, sign_in_text: str = "") -> None:
    """Approve or reject. A second decision changes nothing. Raises OwnProposal."""
    if proposal.decided_at is not None:
        return
    if approve and proposal.proposed_by == by.id:
        raise OwnProposal
    proposal.decided_by, proposal.decided_at, proposal.approved = by.id, now(), approve
    for user in proposal.users() if approve else ():
        if not sanctions.is_not_sanctionable(user, by):
            sanctions.ban(
                user, by=by, reason=proposal.reason, note=proposal.note, sign_in_text=sign_in_text
            )

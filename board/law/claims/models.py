"""Rights claims: complaints that a comment infringes somebody's rights, and their states.

정보통신망법 44조의2: anyone may claim, with or without an account; the board answers without delay,
may take the comment down for 30 days at most, and notifies both sides.

    received ──┬── blocked ───┬── restored     an appeal was upheld, or the 30 days are over
               │  (30 days)   └── removed      the 30 days are over, where the newsroom chose that
               ├── removed ────── restored     taken down for good; an appeal was upheld
               ├── rebutted                    the claimant's response is below the comment
               └── rejected                    the comment stays

Within seconds a moderator may undo a decision: blocked and removed become received again, and
restored becomes what it was before. TRANSITIONS has the same, database triggers enforce it, and
each change of state adds a Step, which nobody can change or delete.
"""

import enum
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from board.accounts.models import User, token_hash
from board.comments.models import Comment
from board.db import Base, now
from board.moderation.rulings.models import Ruling


class State(enum.StrEnum):
    RECEIVED = "received"
    BLOCKED = "blocked"  # temporary takedown
    REJECTED = "rejected"
    REBUTTED = "rebutted"  # the comment stays, with the claimant's response below
    RESTORED = "restored"
    REMOVED = "removed"  # permanent removal


TRANSITIONS = {
    State.RECEIVED: {State.BLOCKED, State.REMOVED, State.REBUTTED, State.REJECTED},
    State.BLOCKED: {State.RESTORED, State.REMOVED, State.RECEIVED},
    State.REMOVED: {State.RESTORED, State.RECEIVED},
    State.RESTORED: {State.BLOCKED, State.REMOVED},
}


class InvalidTransition(Exception):
    """The claim has been answered, or its comment is not visible anyway."""


class Claim(Base):
    """A rights claim about a comment. The claimant is in a separate table."""

    __tablename__ = "rights_claim"
    TERM = timedelta(days=30)
    ANSWER_WITHIN = timedelta(hours=24)
    PAGE_SIZE = 30
    WAITING_MAX = 200  # claims on one page, however many are about one comment
    SENTENCE_MAX = 500
    TEXT_MAX = 2000
    REBUTTAL_MAX = 1000
    KINDS = ("privacy", "defamation", "copyright", "election", "other")
    WISHES = ("block", "delete", "rebuttal")
    REQUESTERS = ("person", "company", "public")
    __table_args__ = (
        CheckConstraint("unixepoch(until) - unixepoch(blocked_at) <= 2592000", name="term"),
        Index(None, "state", "made_at", "id"),
        Index(None, "comment_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(String(20), unique=True)
    # The code that opens the status page together with the receipt; shown once.
    secret_hash: Mapped[bytes]
    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id))
    kind: Mapped[str] = mapped_column(String(20))
    sentence: Mapped[str] = mapped_column(String(SENTENCE_MAX))
    text: Mapped[str] = mapped_column(String(TEXT_MAX))
    wish: Mapped[str] = mapped_column(String(20))
    requester: Mapped[str] = mapped_column(String(20))
    # What the claimant wants readers to know (반박내용); published in their words or not at all.
    rebuttal: Mapped[str] = mapped_column(String(REBUTTAL_MAX), default="", server_default="")
    state: Mapped[str] = mapped_column(String(20), default=State.RECEIVED.value)
    made_at: Mapped[datetime] = mapped_column(default=now)
    answered_at: Mapped[datetime | None]
    blocked_at: Mapped[datetime | None]
    until: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    # The sentence the claimant reads.
    says: Mapped[str] = mapped_column(String(Ruling.NOTE_MAX), default="")

    comment: Mapped[Comment] = relationship()
    claimant: Mapped["Claimant | None"] = relationship(back_populates="claim")
    steps: Mapped[list["Step"]] = relationship(back_populates="claim", order_by="Step.id")

    @classmethod
    def waiting(cls) -> Select[Self]:
        """One page of unanswered claims, oldest first; with it those about the same comments."""
        waiting = cls.state == State.RECEIVED.value
        oldest = select(cls.comment_id).where(waiting).order_by(cls.made_at, cls.id)
        about_the_same = cls.comment_id.in_(oldest.limit(cls.PAGE_SIZE))
        page = cls.with_relations().where(waiting, about_the_same)
        return page.order_by(cls.made_at, cls.id).limit(cls.WAITING_MAX)

    @classmethod
    def blocked(cls) -> Select[Self]:
        """One page of claims with a temporary takedown, the first to end first."""
        page = cls.with_relations().where(cls.state == State.BLOCKED.value)
        return page.order_by(cls.until, cls.id).limit(cls.PAGE_SIZE)

    @classmethod
    def with_relations(cls) -> Select[Self]:
        """All claims, with what the desk shows of each."""
        comment = joinedload(cls.comment)
        return select(cls).options(
            comment.joinedload(Comment.author),
            comment.joinedload(Comment.article),
            joinedload(cls.claimant),
        )

    @classmethod
    def acted_on(cls, *, before: int | None = None) -> Select[Self]:
        """One page and one more of claims ever acted on, newest first by id; it is public."""
        acted_on = (State.REMOVED.value, State.REBUTTED.value)
        page = select(cls).where(or_(cls.blocked_at.is_not(None), cls.state.in_(acted_on)))
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def by_receipt(cls, receipt: str, secret: str) -> Select[Self]:
        """The claim with this number and code, at most one."""
        matches = cls.receipt == receipt, cls.secret_hash == token_hash(secret)
        return select(cls).where(*matches).options(joinedload(cls.comment), selectinload(cls.steps))

    @classmethod
    def expired(cls) -> Select[Self]:
        """Claims whose temporary takedown has ended, by id."""
        blocked = select(cls).where(cls.state == State.BLOCKED.value, cls.until <= now())
        return blocked.options(joinedload(cls.comment)).order_by(cls.id)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_overdue(self) -> bool:
        return self.answered_at is None and self.made_at + self.ANSWER_WITHIN < now()


class Step(Base):
    """A claim's change of state: when, by whom, and the ruling behind it. Append-only; only the
    time when the claimant was notified is added later."""

    __tablename__ = "rights_step"
    __table_args__ = (Index(None, "claim_id", "id"), Index(None, "told_at", "id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey(Claim.id))
    state: Mapped[str] = mapped_column(String(20))
    # The article of the law it rests on.
    basis: Mapped[str] = mapped_column(String(40))
    by_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    ruling_id: Mapped[int | None] = mapped_column(ForeignKey(Ruling.id), index=True)
    says: Mapped[str] = mapped_column(String(Ruling.NOTE_MAX), default="")
    made_at: Mapped[datetime] = mapped_column(default=now)
    # When the claimant was notified at their contact; the status page shows the step at once.
    told_at: Mapped[datetime | None]

    claim: Mapped[Claim] = relationship(back_populates="steps")

    @classmethod
    def to_notify(cls) -> Select[Self]:
        """One page of steps that claimants have not been notified of, oldest first."""
        steps = select(cls).join(cls.claim).join(Claim.claimant).where(cls.told_at.is_(None))
        steps = steps.where(cls.state != State.RECEIVED.value)
        claim = joinedload(cls.claim)
        return steps.options(claim.joinedload(Claim.claimant)).order_by(cls.id).limit(
            Claim.PAGE_SIZE
        )  # fmt: skip


class Claimant(Base):
    """The claimant and their contact. Separate, so that it can be deleted and the case stay."""

    __tablename__ = "rights_claimant"
    NAME_MAX = 80
    CONTACT_MAX = 200
    RETENTION = timedelta(days=3 * 365)  # after the case has ended

    claim_id: Mapped[int] = mapped_column(ForeignKey(Claim.id), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    contact: Mapped[str] = mapped_column(String(CONTACT_MAX))
    language: Mapped[str] = mapped_column(String(2), default="ko", server_default="ko")

    claim: Mapped[Claim] = relationship(back_populates="claimant")

    @classmethod
    def outdated(cls) -> Select[int]:
        """Claim ids of claimants past their retention period, in no order."""
        expired = Claim.ended_at < now() - cls.RETENTION
        return select(cls.claim_id).join(Claim, Claim.id == cls.claim_id).where(expired)

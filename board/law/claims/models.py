"""Claims of people whose rights a comment hurts, and what becomes of the comment.

정보통신망법 44조의2: whoever is hurt may ask, with or without an account; the board answers without
delay, may take the comment down for 30 days at most, and tells both sides.

    received ──┬── blocked ───┬── restored     an appeal was upheld, or the 30 days are over
               │  (30 days)   └── removed      the 30 days are over, where the newsroom chose that
               ├── removed ────── restored     taken down for good; an appeal was upheld
               ├── rebutted                    the claimant's answer stands below the comment
               └── rejected                    the comment stays

Within seconds a moderator may take back what was just decided: blocked and removed become received
again, and restored becomes what it was before. MOVES says the same, triggers of the database hold
it, and each arrival is a Step, which nobody can change or delete.
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
    BLOCKED = "blocked"  # down for a time
    REJECTED = "rejected"
    REBUTTED = "rebutted"  # it stays, with the claimant's answer below
    RESTORED = "restored"
    REMOVED = "removed"  # down for good


MOVES = {
    State.RECEIVED: {State.BLOCKED, State.REMOVED, State.REBUTTED, State.REJECTED},
    State.BLOCKED: {State.RESTORED, State.REMOVED, State.RECEIVED},
    State.REMOVED: {State.RESTORED, State.RECEIVED},
    State.RESTORED: {State.BLOCKED, State.REMOVED},
}


class InvalidTransition(Exception):
    """The claim was answered already, or the comment cannot be read anyway."""


class Claim(Base):
    """Somebody says that a comment hurts their rights. Who it is stands in a table apart."""

    __tablename__ = "rights_claim"
    TERM = timedelta(days=30)
    ANSWER_WITHIN = timedelta(hours=24)
    PAGE_SIZE = 30
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
    # What proves, with the receipt, that it is one's own; told once.
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
        """One page of those not answered, the one that has waited longest first."""
        return cls._for_the_desk(State.RECEIVED).order_by(cls.made_at, cls.id)

    @classmethod
    def blocked(cls) -> Select[Self]:
        """One page of those whose comment is down for a time, the first to end first."""
        return cls._for_the_desk(State.BLOCKED).order_by(cls.until, cls.id)

    @classmethod
    def _for_the_desk(cls, state: State) -> Select[Self]:
        comment = joinedload(cls.comment)
        page = select(cls).where(cls.state == state.value).limit(cls.PAGE_SIZE)
        return page.options(
            comment.joinedload(Comment.author),
            comment.joinedload(Comment.article),
            joinedload(cls.claimant),
        )

    @classmethod
    def acted_on(cls, *, before: int | None = None) -> Select[Self]:
        """One page and one more of what was ever done about a comment, newest first, for all."""
        done = (State.REMOVED.value, State.REBUTTED.value)
        page = select(cls).where(or_(cls.blocked_at.is_not(None), cls.state.in_(done)))
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def of(cls, receipt: str, secret: str) -> Select[Self]:
        mine = cls.receipt == receipt, cls.secret_hash == token_hash(secret)
        return select(cls).where(*mine).options(joinedload(cls.comment), selectinload(cls.steps))

    @classmethod
    def due(cls) -> Select[Self]:
        """Whose term is over."""
        blocked = select(cls).where(cls.state == State.BLOCKED.value, cls.until <= now())
        return blocked.options(joinedload(cls.comment)).order_by(cls.id)

    @property
    def is_open(self) -> bool:
        return self.ended_at is None

    @property
    def is_overdue(self) -> bool:
        return self.answered_at is None and self.made_at + self.ANSWER_WITHIN < now()


class Step(Base):
    """A claim arrived at a state: when, by whom, and the ruling that says so. Append-only; only
    that a side was told of it is noted later."""

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
    # When the claimant was told by the way they named; the board's own page tells at once.
    told_at: Mapped[datetime | None]

    claim: Mapped[Claim] = relationship(back_populates="steps")

    @classmethod
    def to_tell(cls) -> Select[Self]:
        """One page of what claimants have not been told by the way they named, oldest first."""
        news = select(cls).join(cls.claim).join(Claim.claimant).where(cls.told_at.is_(None))
        news = news.where(cls.state != State.RECEIVED.value)
        claim = joinedload(cls.claim)
        return news.options(claim.joinedload(Claim.claimant)).order_by(cls.id).limit(
            Claim.PAGE_SIZE
        )  # fmt: skip


class Claimant(Base):
    """Who asked, and how to reach them. Apart, so that it can be forgotten and the case kept."""

    __tablename__ = "rights_claimant"
    NAME_MAX = 80
    CONTACT_MAX = 200
    KEPT = timedelta(days=3 * 365)  # after the case has ended

    claim_id: Mapped[int] = mapped_column(ForeignKey(Claim.id), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    contact: Mapped[str] = mapped_column(String(CONTACT_MAX))
    language: Mapped[str] = mapped_column(String(2), default="ko", server_default="ko")

    claim: Mapped[Claim] = relationship(back_populates="claimant")

    @classmethod
    def outdated(cls) -> Select[int]:
        over = Claim.ended_at < now() - cls.KEPT
        return select(cls.claim_id).join(Claim, Claim.id == cls.claim_id).where(over)

"""Claims of people whose rights a comment hurts, and what is taken down for a time.

정보통신망법 44조의2: whoever is hurt may ask, with or without an account; the board answers without
delay, may take the comment down for 30 days at most, and tells both sides.
"""

import enum
import secrets
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, delete, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User, token_hash
from board.comments.models import Comment
from board.comments.reasons import OWN_WORDS
from board.db import Base, db, now
from board.moderation.models import (
    Ruling,
    Verdict,
    on_decision,
    on_undo,
    record,
    restore,
    take_down,
)


class State(enum.StrEnum):
    RECEIVED = "received"
    BLOCKED = "blocked"  # down for a time
    REJECTED = "rejected"
    RESTORED = "restored"
    REMOVED = "removed"  # down for good


class NotNow(Exception):
    """The claim was answered already, or the comment cannot be read anyway."""


class Claim(Base):
    """Somebody says that a comment hurts their rights. Who it is stands in a table apart."""

    __tablename__ = "rights_claim"
    TERM = timedelta(days=30)
    ANSWER_WITHIN = timedelta(hours=24)
    PAGE_SIZE = 30
    SENTENCE_MAX = 500
    TEXT_MAX = 2000
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
    def answered(cls, *, before: int | None = None) -> Select[Self]:
        """One page and one more of what was ever taken down, newest first, for everyone."""
        page = select(cls).where(cls.blocked_at.is_not(None))
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def of(cls, receipt: str, secret: str) -> Select[Self]:
        mine = cls.receipt == receipt, cls.secret_hash == token_hash(secret)
        return select(cls).where(*mine).options(joinedload(cls.comment))

    @classmethod
    def due(cls) -> Select[Self]:
        """Whose term is over."""
        blocked = select(cls).where(cls.state == State.BLOCKED.value, cls.until <= now())
        return blocked.options(joinedload(cls.comment)).order_by(cls.id)

    @property
    def is_overdue(self) -> bool:
        return self.answered_at is None and self.made_at + self.ANSWER_WITHIN < now()


class Claimant(Base):
    """Who asked, and how to reach them. Apart, so that it can be forgotten and the case kept."""

    __tablename__ = "rights_claimant"
    NAME_MAX = 80
    CONTACT_MAX = 200
    KEPT = timedelta(days=3 * 365)  # after the case has ended

    claim_id: Mapped[int] = mapped_column(ForeignKey(Claim.id), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME_MAX))
    contact: Mapped[str] = mapped_column(String(CONTACT_MAX))

    claim: Mapped[Claim] = relationship(back_populates="claimant")

    @classmethod
    def outdated(cls) -> Select[int]:
        over = Claim.ended_at < now() - cls.KEPT
        return select(cls.claim_id).join(Claim, Claim.id == cls.claim_id).where(over)


def claim(comment: Comment, *, name: str, contact: str, **told: str) -> tuple[Claim, str]:
    """Receive a claim. With it the secret that opens its page, which is told once."""
    secret = secrets.token_urlsafe(12)
    received = Claim(
        receipt=f"{now():%y%m%d}-{secrets.randbelow(10**8):08}",
        secret_hash=token_hash(secret),
        comment=comment,
        claimant=Claimant(name=name, contact=contact),
        made_at=now(),
        **told,
    )
    db.session.add(received)
    return received, secret


def block(received: Claim, *, by: User, says: str) -> None:
    """Take the comment down for 30 days. Raises NotNow."""
    if received.state != State.RECEIVED or not received.comment.is_visible:
        raise NotNow
    until = now() + Claim.TERM
    take_down(received.comment, by=by, until=until, claim=received.id)
    received.state, received.says = State.BLOCKED.value, says
    received.answered_at = received.blocked_at = until - Claim.TERM
    received.until = until


def reject(received: Claim, *, by: User, says: str) -> None:
    """The comment stays. Raises NotNow."""
    if received.state != State.RECEIVED:
        raise NotNow
    record(
        Verdict.DECLINE, by=by, comment=received.comment, reason=OWN_WORDS, note=says,
        claim=received.id,
    )  # fmt: skip
    received.state, received.says = State.REJECTED.value, says
    received.answered_at = received.ended_at = now()


def expire(*, restoring: bool) -> None:
    """What follows the last day is the newsroom's choice; the law does not say."""
    for ended in db.session.scalars(Claim.due()).all():
        if restoring and restore(ended.comment, by=None, reason="takedown_over"):
            continue  # `_follow` has seen to it
        if ended.comment.hidden_for == "takedown":
            record(Verdict.HIDE, by=None, comment=ended.comment, reason="takedown", claim=ended.id)
        ended.state, ended.ended_at = State.REMOVED.value, now()


def forget_claimants() -> None:
    ids = Claimant.outdated()
    db.session.execute(delete(Claimant).where(Claimant.claim_id.in_(ids)))


def count_waiting() -> int:
    waiting = select(func.count()).select_from(Claim).where(Claim.state == State.RECEIVED.value)
    return db.session.scalar(waiting) or 0


def _follow(ruling: Ruling) -> None:
    """Whoever restores the comment, on appeal or at the end of the term, ends the case."""
    if ruling.verdict == Verdict.RESTORE:
        down = Claim.state.in_((State.BLOCKED.value, State.REMOVED.value))
        of_it = select(Claim).where(Claim.comment_id == ruling.comment_id, down)
        for ended in db.session.scalars(of_it):
            ended.state, ended.ended_at = State.RESTORED.value, now()


def _take_back(ruling: Ruling) -> None:
    """A block undone lets the claim wait again; a restoration undone goes on with the term."""
    if id := ruling.detail.get("claim"):
        undone = db.session.get_one(Claim, id)
        undone.state, undone.says = State.RECEIVED.value, ""
        undone.answered_at = undone.blocked_at = undone.until = None
    elif ruling.detail.get("hidden_for") == "takedown":
        ended = select(Claim).where(Claim.comment_id == ruling.comment_id)
        ended = ended.where(Claim.state == State.RESTORED.value).order_by(Claim.ended_at.desc())
        if last := db.session.scalar(ended.limit(1)):
            last.state, last.ended_at = State.BLOCKED.value, None


on_decision.append(_follow)
on_undo.append(_take_back)

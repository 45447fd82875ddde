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
import secrets
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import CheckConstraint, ForeignKey, Index, Select, String, delete, func, or_, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from board.accounts.models import User, token_hash
from board.comments import posting
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.reasons import OWN_WORDS
from board.db import Base, db, now
from board.moderation.appeals import Appeal
from board.moderation.models import (
    Ruling,
    Verdict,
    latest,
    on_decision,
    on_undo,
    record,
    restore,
    take_down,
)

# What else follows when a claim arrives at a state.
on_step: list[Callable[["Step"], None]] = []

# Why a comment taken down is hidden: for a time, and for good.
FOR_A_TIME, FOR_GOOD = "takedown", "takedown_final"


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


def claim(
    comment: Comment, *, name: str, contact: str, language: str = "ko", **told: str
) -> tuple[Claim, str]:
    """Receive a claim. With it the secret that opens its page, which is told once."""
    secret = secrets.token_urlsafe(12)
    received = Claim(
        receipt=f"{now():%y%m%d}-{secrets.randbelow(10**8):08}",
        secret_hash=token_hash(secret),
        comment=comment,
        claimant=Claimant(name=name, contact=contact, language=language),
        state=State.RECEIVED.value,
        made_at=now(),
        **told,
    )
    db.session.add(received)
    _note(received)
    return received, secret


def block(received: Claim, *, by: User, says: str) -> None:
    """Take the comment down for 30 days. Raises NotNow."""
    _refuse_unless(received, is_visible=True)
    received.blocked_at = now()
    received.until = received.blocked_at + Claim.TERM
    made = take_down(
        received.comment, by=by, reason=FOR_A_TIME, until=received.until, claim=received.id
    )
    _move(received, State.BLOCKED, ruling=made, says=says)


def remove(received: Claim, *, by: User, says: str) -> None:
    """Take the comment down for good: nobody can doubt that it hurts them. Raises NotNow."""
    _refuse_unless(received, is_visible=True)
    made = take_down(received.comment, by=by, reason=FOR_GOOD, claim=received.id)
    _move(received, State.REMOVED, ruling=made, says=says)


def rebut(received: Claim, *, by: User, says: str, lead: str) -> None:
    """The claimant's answer stands below the comment, after `lead`, as a reply of the desk. Body
    and `lead` are in the newsroom's language, since they are stored. Raises NotNow."""
    _refuse_unless(received, is_visible=True)
    if not received.rebuttal:
        raise NotNow
    comment = received.comment
    reply = posting.store(
        comment.article, by=by, body=Body.of(f"{lead}\n\n{received.rebuttal}"),
        key=f"rebuttal-{received.id}", parent=comment, posted_at=now(),
    )  # fmt: skip
    made = record(
        Verdict.REBUT, by=by, comment=comment, reason=OWN_WORDS, note=says, claim=received.id,
        reply=reply.id,
    )  # fmt: skip
    _move(received, State.REBUTTED, ruling=made, says=says)


def reject(received: Claim, *, by: User, says: str) -> None:
    """The comment stays. Raises NotNow."""
    _refuse_unless(received)
    made = record(
        Verdict.DECLINE, by=by, comment=received.comment, reason=OWN_WORDS, note=says,
        claim=received.id,
    )  # fmt: skip
    _move(received, State.REJECTED, ruling=made, says=says)


def expire(*, then: str) -> None:
    """What follows the last day is the newsroom's choice; the law does not say. `then` is
    "restore", "delete", or "objection": restored for authors who objected, else removed."""
    for ended in db.session.scalars(Claim.due()).all():
        comment = ended.comment
        restoring = then == "restore" or (then == "objection" and bool(objections(ended)))
        if restoring and restore(comment, by=None, reason="takedown_over"):
            continue  # `_follow` has seen to it
        made = None
        if comment.hidden_for == FOR_A_TIME:
            made = record(Verdict.HIDE, by=None, comment=comment, reason=FOR_GOOD, claim=ended.id)
            comment.hidden_for = FOR_GOOD
            comment.article.revision += 1
        _move(ended, State.REMOVED, ruling=made)


def objections(of: Claim) -> Sequence[Appeal]:
    """What the author said against its being taken down, oldest first."""
    asked = select(Appeal).join(Step, Step.ruling_id == Appeal.ruling_id)
    asked = asked.where(Step.claim_id == of.id).options(joinedload(Appeal.outcome))
    return db.session.scalars(asked.order_by(Appeal.made_at)).all()


def tell(step: Step) -> None:
    """The claimant has been told by the way they named."""
    step.told_at = step.told_at or now()


def forget_claimants() -> None:
    ids = Claimant.outdated()
    db.session.execute(delete(Claimant).where(Claimant.claim_id.in_(ids)))


def count_waiting() -> int:
    waiting = select(func.count()).select_from(Claim).where(Claim.state == State.RECEIVED.value)
    return db.session.scalar(waiting) or 0


def _refuse_unless(received: Claim, *, is_visible: bool = False) -> None:
    if received.state != State.RECEIVED or (is_visible and not received.comment.is_visible):
        raise NotNow


_ENDS = (State.REJECTED, State.REBUTTED, State.RESTORED, State.REMOVED)


def _move(claim: Claim, state: State, *, ruling: Ruling | None, says: str = "") -> None:
    claim.state, claim.says = state.value, says or claim.says
    claim.answered_at = claim.answered_at or now()
    claim.ended_at = now() if state in _ENDS else None
    _note(claim, ruling=ruling, says=says)


def _note(claim: Claim, *, ruling: Ruling | None = None, says: str = "") -> None:
    known: dict[str, Any] = {"state": claim.state, "says": says, "basis": _basis(claim)}
    if ruling:
        known |= {"ruling_id": ruling.id, "by_id": ruling.moderator_id}
    step = Step(made_at=now(), **known)
    claim.steps.append(step)
    for effect in on_step:
        effect(step)


def _basis(claim: Claim) -> str:
    return "저작권법 103조" if claim.kind == "copyright" else "정보통신망법 44조의2"


def _follow(ruling: Ruling) -> None:
    """Whoever restores the comment, on appeal or at the end of the term, ends the case."""
    if ruling.verdict == Verdict.RESTORE:
        down = Claim.state.in_((State.BLOCKED.value, State.REMOVED.value))
        of_it = select(Claim).where(Claim.comment_id == ruling.comment_id, down)
        for ended in db.session.scalars(of_it):
            _move(ended, State.RESTORED, ruling=ruling)


def _take_back(ruling: Ruling) -> None:
    """A block undone lets the claim wait again; a restoration undone goes on with the term."""
    if id := ruling.detail.get("claim"):
        undone = db.session.get_one(Claim, id)
        undone.state, undone.says, undone.ended_at = State.RECEIVED.value, "", None
        undone.answered_at = undone.blocked_at = undone.until = None
        _note(undone, ruling=_undoing(ruling))
    elif before := _DOWN.get(ruling.detail.get("hidden_for", "")):
        ended = select(Claim).where(Claim.comment_id == ruling.comment_id)
        ended = ended.where(Claim.state == State.RESTORED.value).order_by(Claim.ended_at.desc())
        if last := db.session.scalar(ended.limit(1)):
            _move(last, before, ruling=_undoing(ruling))


_DOWN = {FOR_A_TIME: State.BLOCKED, FOR_GOOD: State.REMOVED}


def _undoing(ruling: Ruling) -> Ruling | None:
    return db.session.scalar(latest(ruling.comment)) if ruling.comment else None


on_decision.append(_follow)
on_undo.append(_take_back)

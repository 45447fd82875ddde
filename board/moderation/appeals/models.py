"""Appeals: whoever was decided about asks, once, that somebody else looks again."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import ForeignKey, Index, Select, String, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.orm.interfaces import ORMOption

from board.accounts import data_export
from board.accounts.models import User
from board.comments.models import Comment
from board.comments.moderation_reasons import OWN_WORDS
from board.db import Base, db, now
from board.moderation.rulings.models import Ruling, Verdict, append_ruling, restore
from board.runtime.hooks import Hook

APPEALABLE = (Verdict.HIDE, Verdict.WARN, Verdict.HOLD, Verdict.SUSPEND, Verdict.BAN)


# What else follows from an appeal.
on_appeal: Hook[Callable[["Appeal"], None]] = Hook()


class NotOpen(Exception):
    """There is nothing to appeal: too late, asked before, or no longer in force."""


class NotByTheSame(Exception):
    """Whoever decided, or is concerned, does not decide again."""


class Appeal(Base):
    """What somebody says against a ruling about them; its ruling is its name, so there is one."""

    __tablename__ = "appeal"
    TEXT_MAX = 1000
    WITHIN = timedelta(days=14)
    PAGE_SIZE = 30
    __table_args__ = (Index("ix_appeal_waiting", "decided_at", "made_at", "ruling_id"),)

    ruling_id: Mapped[int] = mapped_column(ForeignKey(Ruling.id), primary_key=True)
    text: Mapped[str] = mapped_column(String(TEXT_MAX))
    made_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    upheld: Mapped[bool | None]
    # The ruling on this appeal: by whom, and the sentence both sides read.
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey(Ruling.id))
    # When whoever had decided first read how it ended.
    seen_at: Mapped[datetime | None]

    ruling: Mapped[Ruling] = relationship(foreign_keys=ruling_id)
    outcome: Mapped[Ruling | None] = relationship(foreign_keys=outcome_id)

    @classmethod
    def waiting(cls) -> Select[Self]:
        """One page of those not decided, the one that has waited longest first; ties by ruling."""
        page = select(cls).where(cls.decided_at.is_(None)).options(*cls._whole())
        return page.order_by(cls.made_at, cls.ruling_id).limit(cls.PAGE_SIZE)

    @classmethod
    def ended(cls, first: User) -> Select[Self]:
        """One page of those against rulings of `first` that were decided, the newest first."""
        page = select(cls).where(cls.ruling.has(Ruling.moderator_id == first.id))
        page = page.where(cls.decided_at.is_not(None)).options(*cls._whole())
        return page.order_by(cls.decided_at.desc(), cls.ruling_id.desc()).limit(cls.PAGE_SIZE)

    @classmethod
    def _whole(cls) -> tuple[ORMOption, ...]:
        ruling = joinedload(cls.ruling)
        return (
            ruling.joinedload(Ruling.about),
            ruling.joinedload(Ruling.moderator),
            ruling.joinedload(Ruling.article),
            ruling.joinedload(Ruling.comment).joinedload(Comment.author),
            joinedload(cls.outcome),
        )

    def may_be_decided_by(self, user: User) -> bool:
        return user.id not in (self.ruling.moderator_id, self.ruling.about_id)


def open_to(user: User, rulings: Iterable[Ruling]) -> set[int]:
    """The ids of those `user` may still appeal against: recent, in force, and not appealed yet."""
    recent = [ruling for ruling in rulings if _is_recent(ruling, user)]
    comment_ids = [ruling.comment_id for ruling in recent if ruling.comment_id]
    last = select(func.max(Ruling.id)).where(Ruling.comment_id.in_(comment_ids))
    last = last.where(Ruling.verdict == Verdict.HIDE.value).group_by(Ruling.comment_id)
    in_force = set(db.session.scalars(last)) if comment_ids else set()
    asked = set(of(recent))
    return {
        ruling.id
        for ruling in recent
        if ruling.id not in asked and (ruling.id in in_force or _binds(ruling, user))
    }


def of(rulings: Iterable[Ruling]) -> dict[int, Appeal]:
    """Appeals by the id of the ruling they are against."""
    ids = [ruling.id for ruling in rulings]
    found = select(Appeal).where(Appeal.ruling_id.in_(ids)).options(joinedload(Appeal.outcome))
    return {appeal.ruling_id: appeal for appeal in db.session.scalars(found)} if ids else {}


def against_hiding(comment: Comment) -> Select[Ruling]:
    """The ruling that hides this comment."""
    rulings = select(Ruling).where(Ruling.comment_id == comment.id)
    return rulings.where(Ruling.verdict == Verdict.HIDE.value).order_by(Ruling.id.desc()).limit(1)


def against_suspending(user: User) -> Select[Ruling]:
    """The ruling that keeps this person out."""
    rulings = select(Ruling).where(Ruling.about_id == user.id)
    shut_out = (Verdict.SUSPEND.value, Verdict.BAN.value)
    return rulings.where(Ruling.verdict.in_(shut_out)).order_by(Ruling.id.desc()).limit(1)


def deadline(ruling: Ruling) -> datetime:
    """A comment taken down for a time may be asked back for as long as that lasts."""
    is_term = ruling.verdict == Verdict.HIDE and ruling.until is not None
    return ruling.until if is_term and ruling.until else ruling.made_at + Appeal.WITHIN


def appeal(ruling: Ruling, *, by: User, text: str) -> Appeal:
    """Ask that somebody else decides anew. Raises NotOpen."""
    if ruling.id not in open_to(by, [ruling]):
        raise NotOpen
    asked = Appeal(ruling=ruling, text=text, made_at=now())
    db.session.add(asked)
    for effect in on_appeal:
        effect(asked)
    return asked


def decide(asked: Appeal, *, by: User | None, uphold: bool, says: str) -> None:
    """Uphold or reject; upholding takes back what was decided. `by` is None for an operator.
    A second decision changes nothing. Raises NotByTheSame."""
    if asked.decided_at is not None:
        return
    if by and not asked.may_be_decided_by(by):
        raise NotByTheSame
    if uphold:
        _take_back(asked.ruling, by=by, says=says)
    verdict = Verdict.UPHOLD if uphold else Verdict.REJECT
    ruling = asked.ruling
    asked.outcome = append_ruling(
        verdict, by=by, comment=ruling.comment, about=ruling.about, reason=OWN_WORDS, note=says,
        appeal=ruling.id,
    )  # fmt: skip
    asked.decided_at, asked.upheld = now(), uphold


def see_ended(first: User) -> None:
    """`first` has read how the appeals against their rulings ended."""
    for asked in db.session.scalars(Appeal.ended(first).where(Appeal.seen_at.is_(None))):
        asked.seen_at = now()


def count_for(moderator: User) -> int:
    """How many wait to be decided, or have ended and are news to this moderator."""
    waiting = select(func.count()).select_from(Appeal).where(Appeal.decided_at.is_(None))
    mine = Appeal.ruling.has(Ruling.moderator_id == moderator.id)
    news = select(func.count()).select_from(Appeal).where(mine, Appeal.decided_at.is_not(None))
    both = waiting.scalar_subquery() + news.where(Appeal.seen_at.is_(None)).scalar_subquery()
    return db.session.scalar(select(both)) or 0


def is_alone(moderator: User) -> bool:
    """Nobody else could decide an appeal against this moderator."""
    others = select(User.id).where(User.can_moderate, User.id != moderator.id).limit(1)
    return db.session.scalar(others) is None


def _is_recent(ruling: Ruling, user: User) -> bool:
    concerns = ruling.about_id == user.id and ruling.verdict in APPEALABLE
    hides = ruling.comment is not None and ruling.comment.hidden_for is not None
    return concerns and deadline(ruling) > now() and (hides or ruling.comment_id is None)


def _binds(ruling: Ruling, user: User) -> bool:
    """A warning always stays one; a restriction is the one that holds until its own end."""
    if ruling.verdict == Verdict.HOLD:
        return user.is_held and user.held_until == ruling.until
    if ruling.verdict in (Verdict.SUSPEND, Verdict.BAN):
        return user.is_suspended and user.suspended_until == ruling.until
    return ruling.verdict == Verdict.WARN


def _take_back(ruling: Ruling, *, by: User | None, says: str) -> None:
    """What is no longer in force needs nothing."""
    if ruling.comment:
        last = db.session.scalar(against_hiding(ruling.comment))
        if last is ruling:
            restore(ruling.comment, by=by, reason="appeal", note=says)
    elif ruling.about and _binds(ruling, ruling.about) and ruling.verdict != Verdict.WARN:
        if ruling.verdict == Verdict.HOLD:
            ruling.about.held_until = None
        else:
            ruling.about.unsuspend()
        append_ruling(Verdict.LIFT, by=by, about=ruling.about, reason="appeal", note=says)


def export_appeals(user: User) -> list[dict[str, Any]]:
    names = ("ruling_id", "text", "made_at", "decided_at", "upheld")
    mine = select(*(getattr(Appeal, name) for name in names))
    mine = mine.where(Appeal.ruling.has(Ruling.about_id == user.id)).order_by(Appeal.made_at)
    return data_export.as_dicts(mine)

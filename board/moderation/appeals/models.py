"""Appeals: the user a ruling is about asks, once, that another moderator reviews it."""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any, Self

from sqlalchemy import ForeignKey, Index, Select, String, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship
from sqlalchemy.orm.interfaces import ORMOption

from board.accounts import data_export
from board.accounts.models import User
from board.comments.models import Comment
from board.comments.reason_codes import OWN_WORDS
from board.db import Base, db, now
from board.moderation.rulings.decisions import restore
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from board.runtime.hooks import Hook

APPEALABLE = (Verdict.HIDE, Verdict.WARN, Verdict.HOLD, Verdict.SUSPEND, Verdict.BAN)


# Effects of a new appeal.
on_appeal: Hook[Callable[["Appeal"], None]] = Hook()


class NotAppealable(Exception):
    """The ruling cannot be appealed: too late, appealed before, or no longer in force."""


class OwnDecision(Exception):
    """The moderator made the ruling, or is concerned by it, and may not decide the appeal."""


class Appeal(Base):
    """An appeal against a ruling. Its key is the ruling's, so there is at most one for each."""

    __tablename__ = "appeal"
    TEXT_MAX = 1000
    PERIOD = timedelta(days=14)
    PAGE_SIZE = 30
    __table_args__ = (Index("ix_appeal_waiting", "decided_at", "made_at", "ruling_id"),)

    ruling_id: Mapped[int] = mapped_column(ForeignKey(Ruling.id), primary_key=True)
    text: Mapped[str] = mapped_column(String(TEXT_MAX))
    made_at: Mapped[datetime] = mapped_column(default=now)
    decided_at: Mapped[datetime | None]
    upheld: Mapped[bool | None]
    # The ruling on this appeal: by whom, and the sentence both sides read.
    outcome_id: Mapped[int | None] = mapped_column(ForeignKey(Ruling.id))
    # When the moderator of the appealed ruling read the result.
    seen_at: Mapped[datetime | None]

    ruling: Mapped[Ruling] = relationship(foreign_keys=ruling_id)
    outcome: Mapped[Ruling | None] = relationship(foreign_keys=outcome_id)

    @classmethod
    def pending(cls) -> Select[Self]:
        """One page of undecided appeals, longest wait first; ties by ruling id."""
        page = select(cls).where(cls.decided_at.is_(None)).options(*cls._load_options())
        return page.order_by(cls.made_at, cls.ruling_id).limit(cls.PAGE_SIZE)

    @classmethod
    def ended(cls, moderator: User) -> Select[Self]:
        """One page of decided appeals against rulings of a moderator, newest first."""
        page = select(cls).where(cls.ruling.has(Ruling.moderator_id == moderator.id))
        page = page.where(cls.decided_at.is_not(None)).options(*cls._load_options())
        return page.order_by(cls.decided_at.desc(), cls.ruling_id.desc()).limit(cls.PAGE_SIZE)

    @classmethod
    def _load_options(cls) -> tuple[ORMOption, ...]:
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


def appealable_by(user: User, rulings: Iterable[Ruling]) -> set[int]:
    """Ids of rulings the user may still appeal: recent, in force, and not appealed yet."""
    recent = [ruling for ruling in rulings if _is_recent(ruling, user)]
    comment_ids = [ruling.comment_id for ruling in recent if ruling.comment_id]
    last_hides = select(func.max(Ruling.id)).where(Ruling.comment_id.in_(comment_ids))
    last_hides = last_hides.where(Ruling.verdict == Verdict.HIDE.value).group_by(Ruling.comment_id)
    in_force = set(db.session.scalars(last_hides)) if comment_ids else set()
    appealed = set(by_ruling(recent))
    return {
        ruling.id
        for ruling in recent
        if ruling.id not in appealed and (ruling.id in in_force or _is_in_force(ruling, user))
    }


def by_ruling(rulings: Iterable[Ruling]) -> dict[int, Appeal]:
    """Appeals by the id of the ruling they are against."""
    ids = [ruling.id for ruling in rulings]
    query = select(Appeal).where(Appeal.ruling_id.in_(ids)).options(joinedload(Appeal.outcome))
    return {appeal.ruling_id: appeal for appeal in db.session.scalars(query)} if ids else {}


def hide_ruling(comment: Comment) -> Select[Ruling]:
    """The newest ruling that hid the comment."""
    rulings = select(Ruling).where(Ruling.comment_id == comment.id)
    return rulings.where(Ruling.verdict == Verdict.HIDE.value).order_by(Ruling.id.desc()).limit(1)


def hide_rulings(comments: Iterable[Comment]) -> Select[Ruling]:
    """The newest ruling that hid each of the comments."""
    ids = [comment.id for comment in comments]
    newest = select(func.max(Ruling.id)).where(Ruling.verdict == Verdict.HIDE.value)
    newest = newest.where(Ruling.comment_id.in_(ids)).group_by(Ruling.comment_id)
    return select(Ruling).where(Ruling.id.in_(newest))


def suspension_ruling(user: User) -> Select[Ruling]:
    """The newest ruling that suspended or banned the user."""
    rulings = select(Ruling).where(Ruling.about_id == user.id)
    suspensions = (Verdict.SUSPEND.value, Verdict.BAN.value)
    rulings = rulings.where(Ruling.verdict.in_(suspensions), Ruling.not_undone())
    return rulings.order_by(Ruling.id.desc()).limit(1)


def deadline(ruling: Ruling) -> datetime:
    """When the right to appeal ends: for a temporary takedown, when that does."""
    is_temporary = ruling.verdict == Verdict.HIDE and ruling.until is not None
    return ruling.until if is_temporary and ruling.until else ruling.made_at + Appeal.PERIOD


def submit_appeal(ruling: Ruling, *, by: User, text: str) -> Appeal:
    """Raises NotAppealable."""
    if ruling.id not in appealable_by(by, [ruling]):
        raise NotAppealable
    appeal = Appeal(ruling=ruling, text=text, made_at=now())
    db.session.add(appeal)
    for effect in on_appeal:
        effect(appeal)
    return appeal


def decide(appeal: Appeal, *, by: User | None, uphold: bool, note: str) -> None:
    """Uphold or reject; upholding reverses the ruling. Both sides read `note`.

    `by` is None for an administrator. A second decision changes nothing. Raises OwnDecision.
    """
    if appeal.decided_at is not None:
        return
    if by and not appeal.may_be_decided_by(by):
        raise OwnDecision
    if uphold:
        _reverse(appeal.ruling, by=by, note=note)
    verdict = Verdict.UPHOLD if uphold else Verdict.REJECT
    ruling = appeal.ruling
    appeal.outcome = append_ruling(
        verdict, by=by, comment=ruling.comment, about=ruling.about, reason=OWN_WORDS, note=note,
        appeal=ruling.id,
    )  # fmt: skip
    appeal.decided_at, appeal.upheld = now(), uphold


def mark_results_seen(moderator: User) -> None:
    """Mark the decided appeals against a moderator's rulings as read."""
    for appeal in db.session.scalars(Appeal.ended(moderator).where(Appeal.seen_at.is_(None))):
        appeal.seen_at = now()


def count_for(moderator: User) -> int:
    """How many appeals are pending, or were decided and not yet read by this moderator."""
    pending = select(func.count()).select_from(Appeal).where(Appeal.decided_at.is_(None))
    own = Appeal.ruling.has(Ruling.moderator_id == moderator.id)
    ended = select(func.count()).select_from(Appeal).where(own, Appeal.decided_at.is_not(None))
    total = pending.scalar_subquery() + ended.where(Appeal.seen_at.is_(None)).scalar_subquery()
    return db.session.scalar(select(total)) or 0


def is_only_moderator(moderator: User) -> bool:
    """True if no other moderator could decide an appeal against this one."""
    others = select(User.id).where(User.can_moderate, User.id != moderator.id).limit(1)
    return db.session.scalar(others) is None


def _is_recent(ruling: Ruling, user: User) -> bool:
    concerns = ruling.about_id == user.id and ruling.verdict in APPEALABLE
    hides = ruling.comment is not None and ruling.comment.hidden_for is not None
    return concerns and deadline(ruling) > now() and (hides or ruling.comment_id is None)


def _is_in_force(ruling: Ruling, user: User) -> bool:
    """True for a warning, and for the sanction whose end the user now has."""
    if ruling.verdict == Verdict.HOLD:
        return user.is_held and user.held_until == ruling.until
    if ruling.verdict in (Verdict.SUSPEND, Verdict.BAN):
        return user.is_suspended and user.suspended_until == ruling.until
    return ruling.verdict == Verdict.WARN


def _reverse(ruling: Ruling, *, by: User | None, note: str) -> None:
    """Restore the comment or lift the sanction, if the ruling is still in force."""
    if ruling.comment:
        last = db.session.scalar(hide_ruling(ruling.comment))
        if last is ruling:
            restore(ruling.comment, by=by, reason="appeal", note=note)
    elif ruling.about and _is_in_force(ruling, ruling.about) and ruling.verdict != Verdict.WARN:
        if ruling.verdict == Verdict.HOLD:
            ruling.about.held_until = None
        else:
            ruling.about.unsuspend()
        append_ruling(Verdict.LIFT, by=by, about=ruling.about, reason="appeal", note=note)


def export_appeals(user: User) -> list[dict[str, Any]]:
    names = ("ruling_id", "text", "made_at", "decided_at", "upheld")
    query = select(*(getattr(Appeal, name) for name in names))
    query = query.where(Appeal.ruling.has(Ruling.about_id == user.id)).order_by(Appeal.made_at)
    return data_export.as_dicts(query)

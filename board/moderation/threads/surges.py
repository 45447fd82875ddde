"""Surges: far more activity in a thread within ten minutes than usual there or at that hour.

The baseline and the threshold are in baseline.py.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import JSON, ForeignKey, Index, Select, String, func, select, text
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.articles.models import Article
from board.articles.thread_controls.models import (
    RestrictionKind,
    RestrictionSpec,
    ThreadRestriction,
)
from board.db import Base, db, now
from board.moderation.threads import activity
from board.moderation.threads.activity import KINDS, SLOT, Event
from board.moderation.threads.baseline import FLOORS, baseline, surge_threshold
from board.moderation.threads.restrictions import restrict

# A surge that returns within this time is the same one.
REOPEN_WITHIN = timedelta(minutes=30)

_OPEN = text("ended_at IS NULL")


class Surge(Base):
    """A surge of one thread, from its first ten minutes until the thread is quiet again."""

    __tablename__ = "surge"
    NOTE_MAX = 200
    PAGE_SIZE = 20
    SLOW_SECONDS = 180
    SLOW_FOR = timedelta(hours=1)
    __table_args__ = (
        Index(
            "uq_surge_open", "article_id", unique=True, sqlite_where=_OPEN
        ),
        Index(None, "began_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int] = mapped_column(ForeignKey(Article.id), index=True)
    began_at: Mapped[datetime]
    # By kind: the most within ten minutes, the usual count, and the limit from which it is a surge.
    counts: Mapped[dict[str, dict[str, float]]] = mapped_column(JSON)
    ended_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    steering_id: Mapped[int | None] = mapped_column(ForeignKey(ThreadRestriction.id))

    article: Mapped[Article] = relationship()
    acknowledger: Mapped[User | None] = relationship()
    restriction: Mapped[ThreadRestriction | None] = relationship()

    @classmethod
    def open(cls) -> Select[Self]:
        """Surges going on, newest first."""
        surges = select(cls).where(cls.ended_at.is_(None)).options(joinedload(cls.article))
        return surges.order_by(cls.began_at.desc(), cls.id.desc())

    @classmethod
    def alerts(cls) -> Select[Self]:
        """Surges going on that no moderator has acknowledged, newest first."""
        return cls.open().where(cls.acknowledged_at.is_(None))

    @classmethod
    def past(cls) -> Select[Self]:
        """One page of past surges, newest first."""
        surges = select(cls).where(cls.ended_at.is_not(None)).options(joinedload(cls.article))
        return surges.order_by(cls.began_at.desc(), cls.id.desc()).limit(cls.PAGE_SIZE)

    @classmethod
    def latest(cls, article_id: int) -> Select[Self]:
        surges = select(cls).where(cls.article_id == article_id)
        return surges.order_by(cls.began_at.desc(), cls.id.desc()).limit(1)

    def acknowledge(self, *, by: User, note: str = "") -> None:
        """Mark as seen by a moderator. A second time changes nothing."""
        if self.acknowledged_at is None:
            self.acknowledged_at, self.acknowledged_by, self.note = now(), by.id, note

    def slow(self, *, by: User, reason: str) -> ThreadRestriction:
        """Slow mode for the thread for SLOW_FOR, or the one this surge has in force already."""
        if self.restriction is None or not self.restriction.is_in_force(now()):
            spec = RestrictionSpec(
                measures=[RestrictionKind.SLOW],
                seconds=self.SLOW_SECONDS,
                reason=reason,
                article=self.article,
                ends_at=now() + self.SLOW_FOR,
            )
            self.restriction = restrict(spec, by=by)
        self.acknowledge(by=by)
        return self.restriction

    def grow(self, excess: "Excess") -> None:
        """The surge goes on, or again: raise the peaks and reopen it."""
        counts = dict(self.counts)
        for kind, each in excess.items():
            if each["most"] > counts.get(kind, {"most": 0})["most"]:
                counts[kind] = {**each, **counts.get(kind, {}), "most": each["most"]}
        self.counts, self.ended_at = counts, None

    def is_over(self, recent: Counter[str]) -> bool:
        """True if each kind is below half its limit in the last ten minutes."""
        return all(recent[kind] < each["limit"] / 2 for kind, each in self.counts.items())


Excess = Mapping[str, dict[str, float]]  # counts above the threshold by kind, as in Surge.counts


@dataclass(frozen=True)
class SurgeDetector:
    """One detection run: the counts of each open slot, and the threads above their threshold."""

    first: int
    tally: activity.Tally
    recent: Mapping[int, Counter[str]]  # the last ten minutes, by article
    excess: Mapping[int, Excess]

    @classmethod
    def detect(cls) -> Self:
        first, window = activity.first_open_bucket(), now() - SLOT
        events = activity.events(min(window, activity.start_of(first)))
        recent = _count_by_article([event for event in events if event.at > window])
        by_article = {id: _excess(id, counts) for id, counts in recent.items()}
        excess = {id: each for id, each in by_article.items() if each}
        return cls(first, activity.count_activity(events, first=first), recent, excess)

    @property
    def has_changes(self) -> bool:
        return not activity.is_stored(self.tally, first=self.first) or self._changes_surges()

    def _changes_surges(self) -> bool:
        open_ = {surge.article_id: surge for surge in db.session.scalars(Surge.open())}
        if any(map(self._is_over, open_.values())):
            return True
        return any(
            id not in open_ or any(_exceeds(each, open_[id], kind) for kind, each in excess.items())
            for id, excess in self.excess.items()
        )

    def store(self) -> None:
        activity.store(self.tally, first=self.first)
        for id, excess in self.excess.items():
            _open_or_grow(id, excess)
        for surge in db.session.scalars(Surge.open()).all():
            if self._is_over(surge):
                surge.ended_at = now()

    def _is_over(self, surge: Surge) -> bool:
        """Not while there is excess for a quieter hour, or it would end and begin by turns."""
        id = surge.article_id
        return id not in self.excess and surge.is_over(self.recent.get(id, Counter()))


def _exceeds(each: Mapping[str, float], surge: Surge, kind: str) -> bool:
    return each["most"] > surge.counts.get(kind, {"most": 0})["most"]


def _open_or_grow(article_id: int, excess: Excess) -> None:
    """Open a new surge, or grow the known one."""
    last: Surge | None = db.session.scalar(Surge.latest(article_id))
    if last and (last.ended_at is None or last.ended_at > now() - REOPEN_WITHIN):
        last.grow(excess)
    else:
        db.session.add(Surge(article_id=article_id, began_at=now(), counts=dict(excess)))
    db.session.flush()


def _count_by_article(events: list[Event]) -> Mapping[int, Counter[str]]:
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for event in events:
        counts[event.article_id][event.kind] += 1
    return counts


def _excess(article_id: int, counts: Counter[str]) -> Excess:
    """Counts above the threshold. The baseline is computed only for counts from FLOORS on."""
    kinds = [kind for kind in KINDS if counts[kind] >= FLOORS[kind]]
    usual = baseline(article_id) if kinds else {}
    return {
        kind: {"most": counts[kind], "usual": round(usual[kind], 1), "limit": limit}
        for kind in kinds
        if counts[kind] >= (limit := surge_threshold(kind, usual[kind]))
    }


def is_due() -> bool:
    return SurgeDetector.detect().has_changes


def run() -> None:
    SurgeDetector.detect().store()


def count_unseen() -> int:
    """How many surges going on no moderator has acknowledged."""
    alerts = select(func.count()).select_from(Surge)
    return (
        db.session.scalar(alerts.where(Surge.ended_at.is_(None), Surge.acknowledged_at.is_(None)))
        or 0
    )

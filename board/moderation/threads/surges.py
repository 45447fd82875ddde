"""Surges: far more in a thread within ten minutes than is usual there, and at that hour elsewhere.

What is usual, and what too much, is in usual.py.
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

# A surge that is back within this time is the same.
REST = timedelta(minutes=30)

_OPEN = text("ended_at IS NULL")


class Surge(Base):
    """One thread in one surge, from its first ten minutes until it has been quiet again."""

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
    # By kind: the most within ten minutes, what was usual, and where a surge begins.
    counts: Mapped[dict[str, dict[str, float]]] = mapped_column(JSON)
    ended_at: Mapped[datetime | None]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    note: Mapped[str] = mapped_column(String(NOTE_MAX), default="")
    steering_id: Mapped[int | None] = mapped_column(ForeignKey(ThreadRestriction.id))

    article: Mapped[Article] = relationship()
    acknowledger: Mapped[User | None] = relationship()
    steering: Mapped[ThreadRestriction | None] = relationship()

    @classmethod
    def open(cls) -> Select[Self]:
        """Those going on, the newest first."""
        found = select(cls).where(cls.ended_at.is_(None)).options(joinedload(cls.article))
        return found.order_by(cls.began_at.desc(), cls.id.desc())

    @classmethod
    def alerts(cls) -> Select[Self]:
        """Those going on that no moderator has seen yet, the newest first."""
        return cls.open().where(cls.acknowledged_at.is_(None))

    @classmethod
    def past(cls) -> Select[Self]:
        """The last ones that are over, the newest first."""
        found = select(cls).where(cls.ended_at.is_not(None)).options(joinedload(cls.article))
        return found.order_by(cls.began_at.desc(), cls.id.desc()).limit(cls.PAGE_SIZE)

    @classmethod
    def latest(cls, article_id: int) -> Select[Self]:
        of_it = select(cls).where(cls.article_id == article_id)
        return of_it.order_by(cls.began_at.desc(), cls.id.desc()).limit(1)

    def acknowledge(self, *, by: User, note: str = "") -> None:
        """A moderator has seen it. A second time changes nothing."""
        if self.acknowledged_at is None:
            self.acknowledged_at, self.acknowledged_by, self.note = now(), by.id, note

    def slow(self, *, by: User, reason: str) -> ThreadRestriction:
        """Slow mode for the thread, for an hour; the one begun from here before, while it lasts."""
        if self.steering is None or not self.steering.is_in_force(now()):
            terms = RestrictionSpec(
                measures=[RestrictionKind.SLOW],
                seconds=self.SLOW_SECONDS,
                reason=reason,
                article=self.article,
                ends_at=now() + self.SLOW_FOR,
            )
            self.steering = restrict(terms, by=by)
        self.acknowledge(by=by)
        return self.steering

    def grow(self, excess: "Excess") -> None:
        """It goes on, or again, and there may be more of it than was known."""
        counts = dict(self.counts)
        for kind, each in excess.items():
            if each["most"] > counts.get(kind, {"most": 0})["most"]:
                counts[kind] = {**each, **counts.get(kind, {}), "most": each["most"]}
        self.counts, self.ended_at = counts, None

    def is_over(self, counted: Counter[str]) -> bool:
        """Less than half of what it began with, in each kind."""
        return all(counted[kind] < each["limit"] / 2 for kind, each in self.counts.items())


Excess = Mapping[str, dict[str, float]]  # what is too much of each kind, as Surge.counts has it


@dataclass(frozen=True)
class SurgeDetector:
    """A look at the last minutes: what is in each slot, and what is too much."""

    first: int
    tally: activity.Tally
    within: Mapping[int, Counter[str]]  # the last ten minutes, by article
    excess: Mapping[int, Excess]

    @classmethod
    def detect(cls) -> Self:
        first, window = activity.first_open_bucket(), now() - SLOT
        events = activity.events(min(window, activity.start_of(first)))
        within = _by_article([event for event in events if event.at > window])
        found = {id: _excess(id, counted) for id, counted in within.items()}
        excess = {id: each for id, each in found.items() if each}
        return cls(first, activity.count_activity(events, first=first), within, excess)

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
            _raise(id, excess)
        for surge in db.session.scalars(Surge.open()).all():
            if self._is_over(surge):
                surge.ended_at = now()

    def _is_over(self, surge: Surge) -> bool:
        """Not while there is too much for a quieter hour, or it would end and begin in turns."""
        id = surge.article_id
        return id not in self.excess and surge.is_over(self.within.get(id, Counter()))


def _exceeds(each: Mapping[str, float], surge: Surge, kind: str) -> bool:
    return each["most"] > surge.counts.get(kind, {"most": 0})["most"]


def _raise(article_id: int, excess: Excess) -> None:
    """A new alert, unless it is the surge one knows of already."""
    last: Surge | None = db.session.scalar(Surge.latest(article_id))
    if last and (last.ended_at is None or last.ended_at > now() - REST):
        last.grow(excess)
    else:
        db.session.add(Surge(article_id=article_id, began_at=now(), counts=dict(excess)))
    db.session.flush()


def _by_article(events: list[Event]) -> Mapping[int, Counter[str]]:
    counts: defaultdict[int, Counter[str]] = defaultdict(Counter)
    for event in events:
        counts[event.article_id][event.kind] += 1
    return counts


def _excess(article_id: int, counted: Counter[str]) -> Excess:
    """The usual is asked for only where there is as much as a surge has at least."""
    kinds = [kind for kind in KINDS if counted[kind] >= FLOORS[kind]]
    usual = baseline(article_id) if kinds else {}
    return {
        kind: {"most": counted[kind], "usual": round(usual[kind], 1), "limit": limit}
        for kind in kinds
        if counted[kind] >= (limit := surge_threshold(kind, usual[kind]))
    }


def is_due() -> bool:
    return SurgeDetector.detect().has_changes


def run() -> None:
    SurgeDetector.detect().store()


def count_unseen() -> int:
    """How many surges go on that no moderator has acknowledged."""
    alerts = select(func.count()).select_from(Surge)
    return (
        db.session.scalar(alerts.where(Surge.ended_at.is_(None), Surge.acknowledged_at.is_(None)))
        or 0
    )

"""Moderation statistics by month, counted from the log alone, which only grows."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from statistics import median

from sqlalchemy import func, select

from board.db import db
from board.moderation.rulings.models import Ruling, Verdict


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures of one month. Undone decisions are not counted."""

    hidden: Mapping[str, int]  # by reason, the most frequent first
    kept: int
    restored: int
    upheld: int  # appeals
    rejected: int  # appeals
    restricted: int  # restrictions of a thread, of sections or of the site
    # Seconds from entering the queue to the decision; None when no comment had waited.
    median_seconds: int | None


def figures(start: datetime, end: datetime) -> Figures:
    """Figures from `start` up to, and without, `end`."""
    period = (Ruling.made_at >= start, Ruling.made_at < end, Ruling.not_undone())
    count = func.count()
    counted = select(Ruling.verdict, Ruling.reason, count).where(*period)
    counted = counted.group_by(Ruling.verdict, Ruling.reason)
    rows = db.session.execute(counted.order_by(count.desc(), Ruling.reason)).all()

    def total(verdict: Verdict) -> int:
        return sum(row[2] for row in rows if row[0] == verdict)

    return Figures(
        hidden={row[1]: row[2] for row in rows if row[0] == Verdict.HIDE},
        kept=total(Verdict.KEEP),
        restored=total(Verdict.RESTORE),
        upheld=total(Verdict.UPHOLD),
        rejected=total(Verdict.REJECT),
        restricted=total(Verdict.STEER),
        median_seconds=_median_wait(*period),
    )


def newest_id() -> int:
    """The id of the newest ruling: while it is the same, so are all figures."""
    return db.session.scalar(select(func.max(Ruling.id))) or 0


def _median_wait(*period: object) -> int | None:
    since = Ruling.detail[("waited", 0, "at")].as_string()
    decided = (Verdict.HIDE.value, Verdict.KEEP.value)
    waits = select(Ruling.made_at, since).where(*period, Ruling.verdict.in_(decided))  # type: ignore[arg-type]
    waits = waits.where(since.is_not(None))
    seconds = [
        (made_at - datetime.fromisoformat(began)).total_seconds()
        for made_at, began in db.session.execute(waits)
    ]
    return round(median(seconds)) if seconds else None

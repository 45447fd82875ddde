"""Baseline of a thread's activity in ten minutes, and the threshold of a surge above it.

The baseline is the higher of two: the average of this thread over its last three hours, and the
level of a busy thread (busier than nine of ten) at this hour over the last seven days. A surge is
twice the baseline plus four times its square root, more than chance explains, and at least FLOORS,
so that a small board gets no alerts.
"""

import math
from typing import Any

from sqlalchemy import func, or_, select

from board.articles.models import Article
from board.db import db, now
from board.moderation.threads import activity
from board.moderation.threads.activity import KINDS, SLOT, SLOTS_A_DAY, ActivityBucket

FLOORS = {"comments": 15, "votes": 50, "reports": 5}
AVERAGE_SLOTS = 18
DAYS = 7
HOUR_MARGIN = 6  # slots before and after this one that count as the same hour
BUSY_QUANTILE = 0.9  # share of the active threads with less than a busy one


def surge_threshold(kind: str, usual: float) -> int:
    """The count from which it is a surge."""
    return max(FLOORS[kind], math.ceil(2 * usual + 4 * math.sqrt(usual)))


def baseline(article_id: int) -> dict[str, float]:
    """Usual counts of this thread in ten minutes, by kind; without the last ten minutes."""
    last = activity.slot_of(now() - SLOT) - 1
    own, busy = _average(article_id, last), _busy_level(last)
    return {kind: max(own[kind], busy[kind]) for kind in KINDS}


def _average(article_id: int, last: int) -> dict[str, float]:
    sums = select(*(func.coalesce(func.sum(getattr(ActivityBucket, kind)), 0) for kind in KINDS))
    slots = (
        ActivityBucket.article_id == article_id,
        ActivityBucket.slot.between(last - AVERAGE_SLOTS + 1, last),
    )
    row = db.session.execute(sums.where(*slots)).one()
    since = db.session.get_one(Article, article_id).published_at
    count = min(AVERAGE_SLOTS, max(1, last - activity.slot_of(since) + 1))
    return {kind: total / count for kind, total in zip(KINDS, row, strict=True)}


def _busy_level(last: int) -> dict[str, float]:
    """The quantile at this hour of the last days, among threads with any activity of the kind."""
    hours = [
        ActivityBucket.slot.between(slot - HOUR_MARGIN, slot + HOUR_MARGIN)
        for slot in (last - day * SLOTS_A_DAY for day in range(1, DAYS + 1))
    ]
    rows = db.session.execute(
        select(ActivityBucket.comments, ActivityBucket.votes, ActivityBucket.reports).where(
            or_(*hours)
        )
    )
    columns: list[Any] = list(zip(*rows, strict=True)) or [()] * len(KINDS)
    return {kind: _quantile(column) for kind, column in zip(KINDS, columns, strict=True)}


def _quantile(counts: tuple[int, ...]) -> float:
    ordered = sorted(count for count in counts if count)
    return float(ordered[int(BUSY_QUANTILE * len(ordered))]) if ordered else 0.0

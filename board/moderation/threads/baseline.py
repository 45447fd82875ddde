"""What ten minutes usually bring in a thread, and from how many on it is a surge.

The usual is the higher of two: what this thread had in ten minutes, on average over its last three
hours; and what a busy thread (more than nine of ten) has at this hour, over the last seven days.
It is a surge when there is more than twice the usual and four times its square root, which chance
does not bring about, and at least as much as FLOORS says, so that a small board is left in peace.
"""

import math
from typing import Any

from sqlalchemy import func, or_, select

from board.articles.models import Article
from board.db import db, now
from board.moderation.threads import activity
from board.moderation.threads.activity import KINDS, SLOT, SLOTS_A_DAY, ActivityBucket

FLOORS = {"comments": 15, "votes": 50, "reports": 5}
OWN_SLOTS = 18
DAYS = 7
AROUND = 6  # slots before and after this one that count as the same hour
BUSY = 0.9  # the usual of a busy thread: so large a share of those with anything has less


def surge_threshold(kind: str, usual: float) -> int:
    """From how many on it is a surge."""
    return max(FLOORS[kind], math.ceil(2 * usual + 4 * math.sqrt(usual)))


def baseline(article_id: int) -> dict[str, float]:
    """What ten minutes usually bring in this thread, before the last ten."""
    last = activity.slot_of(now() - SLOT) - 1
    own, busy = _own(article_id, last), _of_busy_threads(last)
    return {kind: max(own[kind], busy[kind]) for kind in KINDS}


def _own(article_id: int, last: int) -> dict[str, float]:
    sums = select(*(func.coalesce(func.sum(getattr(ActivityBucket, kind)), 0) for kind in KINDS))
    its = (
        ActivityBucket.article_id == article_id,
        ActivityBucket.slot.between(last - OWN_SLOTS + 1, last),
    )
    row = db.session.execute(sums.where(*its)).one()
    since = db.session.get_one(Article, article_id).published_at
    slots = min(OWN_SLOTS, max(1, last - activity.slot_of(since) + 1))
    return {kind: total / slots for kind, total in zip(KINDS, row, strict=True)}


def _of_busy_threads(last: int) -> dict[str, float]:
    """At this hour of the last days, in threads where anything of the kind was done."""
    hours = [
        ActivityBucket.slot.between(here - AROUND, here + AROUND)
        for here in (last - day * SLOTS_A_DAY for day in range(1, DAYS + 1))
    ]
    rows = db.session.execute(
        select(ActivityBucket.comments, ActivityBucket.votes, ActivityBucket.reports).where(
            or_(*hours)
        )
    )
    columns: list[Any] = list(zip(*rows, strict=True)) or [()] * len(KINDS)
    return {kind: _share(column) for kind, column in zip(KINDS, columns, strict=True)}


def _share(counts: tuple[int, ...]) -> float:
    ordered = sorted(count for count in counts if count)
    return float(ordered[int(BUSY * len(ordered))]) if ordered else 0.0

"""Details of a surge for moderators: participants, new accounts, near-duplicates, reports."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import select

from board.accounts.models import User
from board.comments.models import Comment
from board.db import db, now
from board.moderation.reports.models import Report
from board.moderation.threads import activity
from board.moderation.threads.activity import KINDS, SLOT, ActivityBucket, Event
from board.moderation.threads.surges import Surge
from board.moderation.word_filter import bucket_keys, fingerprint, is_near

PLOT_SLOTS = 18
LOOKBACK = timedelta(hours=2)
COMPARED_MAX = 200  # newest texts compared for near-duplicates
REPORTED_MAX = 3  # reported comments listed


@dataclass(frozen=True)
class SurgeDetails:
    """`bars` are pairs of a slot's start and its counts by kind, oldest first."""

    bars: Sequence[tuple[datetime, Mapping[str, int]]]
    participants: int = 0  # users who commented, voted or reported
    new_accounts: int = 0  # of these, joined within a day
    comments: int = 0
    authors: int = 0
    near_duplicates: int = 0  # comments that nearly repeat another one
    reported: Sequence[tuple[Comment, int]] = field(default_factory=tuple)

    def peak(self, kind: str) -> int:
        return max((counts[kind] for _, counts in self.bars), default=0)


def surge_details(surges: Iterable[Surge]) -> dict[int, SurgeDetails]:
    """Details by surge id; for past surges the bars alone."""
    surges = list(surges)
    ongoing = [surge for surge in surges if surge.ended_at is None]
    events = _events_by_surge(ongoing)
    user_ids = {event.user_id for group in events.values() for event in group}
    new_ids = _new_accounts(user_ids) if user_ids else set()
    return {surge.id: _details(surge, events.get(surge.id, []), new_ids) for surge in surges}


def _events_by_surge(surges: Sequence[Surge]) -> dict[int, list[Event]]:
    """Events since each surge began, at most LOOKBACK."""
    if not surges:
        return {}
    since = max(min(surge.began_at for surge in surges) - SLOT, now() - LOOKBACK)
    by_article: defaultdict[int, list[Event]] = defaultdict(list)
    for event in activity.events(since):
        by_article[event.article_id].append(event)
    return {
        surge.id: [each for each in by_article[surge.article_id] if each.at > surge.began_at - SLOT]
        for surge in surges
    }


def _details(surge: Surge, events: list[Event], new_ids: set[int]) -> SurgeDetails:
    participants = {event.user_id for event in events}
    comments = [event for event in events if event.kind == "comments"]
    return SurgeDetails(
        bars=_bars(surge),
        participants=len(participants),
        new_accounts=len(participants & new_ids),
        comments=len(comments),
        authors=len({event.user_id for event in comments}),
        near_duplicates=_duplicates([event.comment_id for event in comments]),
        reported=_reported(event for event in events if event.kind == "reports"),
    )


def _bars(surge: Surge) -> list[tuple[datetime, Mapping[str, int]]]:
    """Three hours up to now, or to half an hour after its end."""
    end = min(now(), surge.ended_at + 3 * SLOT) if surge.ended_at else now()
    last = activity.slot_of(end)
    first = last - PLOT_SLOTS + 1
    rows = db.session.scalars(ActivityBucket.for_thread(surge.article_id, first=first, last=last))
    counts = {row.slot: {kind: getattr(row, kind) for kind in KINDS} for row in rows}
    none = dict.fromkeys(KINDS, 0)
    return [(activity.start_of(s), counts.get(s, none)) for s in range(first, last + 1)]


def _new_accounts(ids: set[int]) -> set[int]:
    """Users who joined within a day."""
    new = select(User.id).where(User.joined_at > now() - Report.NEW_ACCOUNT, User.id.in_(ids))
    return set(db.session.scalars(new))


def _duplicates(ids: Sequence[int]) -> int:
    """How many of the newest comments nearly repeat another one."""
    texts = db.session.scalars(
        select(Comment.body).where(Comment.id.in_(sorted(ids)[-COMPARED_MAX:]))
    )
    marks = [mark for text in texts if (mark := fingerprint(text))]
    buckets: defaultdict[int, list[int]] = defaultdict(list)
    for number, mark in enumerate(marks):
        for key in set(bucket_keys(mark)):
            buckets[key].append(number)
    near: set[int] = set()
    for numbers in buckets.values():
        for one, other in pairwise(numbers):
            if is_near(marks[one], marks[other]):
                near.update((one, other))
    return len(near)


def _reported(reports: Iterable[Event]) -> list[tuple[Comment, int]]:
    """The most reported comments, with their numbers of reports."""
    counts = Counter(event.comment_id for event in reports).most_common(REPORTED_MAX)
    return [(db.session.get_one(Comment, id), count) for id, count in counts]

"""What a surge is made of, for the moderator who looks at it: how many people, since when they are
here, whether they say the same, what they report."""

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
from board.moderation.word_filter import fingerprint, is_near, keys_of

SLOTS = 18  # in a plot
LOOKED_BACK = timedelta(hours=2)
COMPARED = 200  # texts, the newest
REPORTED = 3  # comments named


@dataclass(frozen=True)
class SurgeDetails:
    """`bars` are pairs of a slot's beginning and its counts by kind, oldest first."""

    bars: Sequence[tuple[datetime, Mapping[str, int]]]
    people: int = 0  # who commented, voted or reported
    young: int = 0  # of these, with accounts of less than a day
    comments: int = 0
    authors: int = 0
    alike: int = 0  # comments that nearly repeat another one
    reported: Sequence[tuple[Comment, int]] = field(default_factory=tuple)

    def most(self, kind: str) -> int:
        return max((counts[kind] for _, counts in self.bars), default=0)


def surge_details(surges: Iterable[Surge]) -> dict[int, SurgeDetails]:
    """By the id of each. Of those that are over, what happened when; of others, all of it."""
    surges = list(surges)
    going_on = [surge for surge in surges if surge.ended_at is None]
    events = _events_of(going_on)
    everyone = {event.user_id for found in events.values() for event in found}
    young = _new_accounts(everyone) if everyone else set()
    return {surge.id: _signs(surge, events.get(surge.id, []), young) for surge in surges}


def _events_of(surges: Sequence[Surge]) -> dict[int, list[Event]]:
    """Since each began, as far back as one looks."""
    if not surges:
        return {}
    since = max(min(surge.began_at for surge in surges) - SLOT, now() - LOOKED_BACK)
    by_article: defaultdict[int, list[Event]] = defaultdict(list)
    for event in activity.events(since):
        by_article[event.article_id].append(event)
    return {
        surge.id: [each for each in by_article[surge.article_id] if each.at > surge.began_at - SLOT]
        for surge in surges
    }


def _signs(surge: Surge, events: list[Event], young: set[int]) -> SurgeDetails:
    people = {event.user_id for event in events}
    written = [event for event in events if event.kind == "comments"]
    return SurgeDetails(
        bars=_bars(surge),
        people=len(people),
        young=len(people & young),
        comments=len(written),
        authors=len({event.user_id for event in written}),
        alike=_duplicates([event.comment_id for event in written]),
        reported=_reported(event for event in events if event.kind == "reports"),
    )


def _bars(surge: Surge) -> list[tuple[datetime, Mapping[str, int]]]:
    """Three hours up to now, or to a while after it was over."""
    end = min(now(), surge.ended_at + 3 * SLOT) if surge.ended_at else now()
    last = activity.slot_of(end)
    first = last - SLOTS + 1
    rows = db.session.scalars(ActivityBucket.of(surge.article_id, first=first, last=last))
    found = {row.slot: {kind: getattr(row, kind) for kind in KINDS} for row in rows}
    nothing = dict.fromkeys(KINDS, 0)
    return [(activity.start_of(s), found.get(s, nothing)) for s in range(first, last + 1)]


def _new_accounts(ids: set[int]) -> set[int]:
    """Who joined within a day."""
    new = select(User.id).where(User.joined_at > now() - Report.YOUNG, User.id.in_(ids))
    return set(db.session.scalars(new))


def _duplicates(ids: Sequence[int]) -> int:
    texts = db.session.scalars(select(Comment.body).where(Comment.id.in_(sorted(ids)[-COMPARED:])))
    marks = [mark for text in texts if (mark := fingerprint(text))]
    under: defaultdict[int, list[int]] = defaultdict(list)
    for number, mark in enumerate(marks):
        for key in set(keys_of(mark)):
            under[key].append(number)
    near: set[int] = set()
    for numbers in under.values():
        for one, other in pairwise(numbers):
            if is_near(marks[one], marks[other]):
                near.update((one, other))
    return len(near)


def _reported(reports: Iterable[Event]) -> list[tuple[Comment, int]]:
    """The comments most people report, with how many."""
    counts = Counter(event.comment_id for event in reports).most_common(REPORTED)
    return [(db.session.get_one(Comment, id), count) for id, count in counts]

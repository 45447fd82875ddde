"""How a thread is steered at a moment: of all that is in force, what counts."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, false, not_, or_, select

from board.articles.thread_controls.models import Restrictable, RestrictionKind, ThreadRestriction
from board.db import db, now

CLOSING_KINDS = (RestrictionKind.STOP, RestrictionKind.FREEZE, RestrictionKind.CLOSE)
READING_KINDS = frozenset((RestrictionKind.LATEST, RestrictionKind.FOLD))


class ThreadState:
    """How one thread is steered at a moment. Of all that is in force, the strictest counts.

    `until` is when time alone will change it. What an editor closed is closed, whatever else is.
    """

    def __init__(
        self, steerings: Sequence[ThreadRestriction] = (), *, at: datetime, closed: bool = False
    ) -> None:
        self._in_force = [each for each in steerings if each.is_in_force(at)]
        moments = (moment for each in steerings for moment in (each.starts_at, each.ends_at))
        self.until = min((moment for moment in moments if moment and moment > at), default=None)
        self.closed_by_editor = closed
        found = {RestrictionKind(name) for each in self._in_force for name in each.measures}
        self.measures = _counting(found | ({RestrictionKind.CLOSE} if closed else set()))
        slow = (
            [each.seconds for each in self._in_force]
            if RestrictionKind.SLOW in self.measures
            else []
        )
        self.seconds = max(slow, default=0)

    @property
    def notices(self) -> list[tuple[ThreadRestriction, list[RestrictionKind]]]:
        """Each act with those of its measures that count, for those who read why."""
        found = [(each, self._counting_of(each)) for each in self._in_force]
        return [(each, measures) for each, measures in found if measures]

    def _counting_of(self, steering: ThreadRestriction) -> list[RestrictionKind]:
        its = [measure for measure in RestrictionKind if measure in steering.measures]
        is_slowest = steering.seconds == self.seconds
        return [
            m for m in its if m in self.measures and (m is not RestrictionKind.SLOW or is_slowest)
        ]

    @property
    def fingerprint(self) -> str:
        """One and the same as long as the thread is steered the same: "slow-180 latest"."""
        names = (measure.value for measure in RestrictionKind if measure in self.measures)
        return " ".join(f"{name}-{self.seconds}" if name == "slow" else name for name in names)

    @property
    def closed_by(self) -> RestrictionKind | None:
        """Whatever keeps everyone from writing."""
        return next((door for door in CLOSING_KINDS if door in self.measures), None)

    @property
    def opens_at(self) -> datetime | None:
        """When the door opens by itself, None when it does not."""
        shut = [each for each in self._in_force if set(CLOSING_KINDS).intersection(each.measures)]
        ends = [each.ends_at for each in shut if each.ends_at]
        return max(ends) if ends and len(ends) == len(shut) and not self.closed_by_editor else None

    @property
    def is_shown(self) -> bool:
        return self.closed_by is not RestrictionKind.STOP

    @property
    def takes_comments(self) -> bool:
        return self.closed_by is None

    @property
    def takes_reactions(self) -> bool:
        return self.closed_by not in (RestrictionKind.STOP, RestrictionKind.FREEZE)

    @property
    def holds(self) -> bool:
        return RestrictionKind.HOLD in self.measures

    @property
    def is_for_established(self) -> bool:
        return RestrictionKind.ESTABLISHED_ONLY in self.measures

    @property
    def is_latest_only(self) -> bool:
        return RestrictionKind.LATEST in self.measures

    @property
    def is_folded(self) -> bool:
        return RestrictionKind.FOLD in self.measures


def _counting(found: set[RestrictionKind]) -> frozenset[RestrictionKind]:
    """Of a thread that is not shown nothing else is to be said; of one that is shut, how it is
    read."""
    door = next((door for door in CLOSING_KINDS if door in found), None)
    if door is RestrictionKind.STOP:
        return frozenset((door,))
    return frozenset({door} | (found & READING_KINDS) if door else found)


def thread_states(articles: Iterable[Restrictable]) -> Mapping[int, ThreadState]:
    """How each of these is steered now, by its id: one question, none when none of them is."""
    articles, moment = list(articles), now()
    ids = [article.id for article in articles if article.is_restricted]
    found = list(db.session.scalars(ThreadRestriction.open_for(ids))) if ids else []
    return {
        article.id: ThreadState(
            [each for each in found if each.applies_to(article)],
            at=moment,
            closed=article.closed_at is not None,
        )
        for article in articles
    }


def thread_state(article: Restrictable) -> ThreadState:
    return thread_states([article])[article.id]


def not_stopped() -> tuple[ColumnElement[bool], datetime | None]:
    """Of articles: their comments may be shown in a list of many threads, and until when."""
    moment = now()
    found = db.session.scalars(
        select(ThreadRestriction).where(ThreadRestriction.ended_at.is_(None))
    )
    stops = [each for each in found if RestrictionKind.STOP in each.measures]
    shut = [each.scope for each in stops if each.is_in_force(moment)]
    return not_(or_(false(), *shut)), ThreadState(stops, at=moment).until

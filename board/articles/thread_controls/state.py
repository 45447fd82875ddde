"""Effective state of a thread: which of the restrictions in force apply."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, and_, false, not_, or_, select

from board.articles.models import Article
from board.articles.publication import appears_at, is_public
from board.articles.thread_controls.models import RestrictionKind, ThreadRestriction
from board.articles.thread_controls.restrictable import Restrictable
from board.db import db, now

CLOSING_KINDS = (RestrictionKind.STOP, RestrictionKind.FREEZE, RestrictionKind.CLOSE)
READING_KINDS = frozenset((RestrictionKind.LATEST, RestrictionKind.FOLD))


class ThreadState:
    """State of a thread at one time. Of the restrictions in force the strictest apply.

    `until` is when it changes by the clock. A thread closed by an editor is closed in any case, and
    that of an article readers do not see is hidden as a whole.
    """

    def __init__(
        self,
        restrictions: Sequence[ThreadRestriction] = (),
        *,
        at: datetime,
        article: Restrictable | None = None,
    ) -> None:
        self._in_force = [each for each in restrictions if each.is_in_force(at)]
        changes = [time for each in restrictions for time in (each.starts_at, each.ends_at)]
        changes.append(appears_at(article, at) if article else None)
        self.until = min((time for time in changes if time and time > at), default=None)
        self.closed_by_editor = article is not None and article.closed_at is not None
        kinds = {RestrictionKind(name) for each in self._in_force for name in each.measures}
        self.measures = _effective(kinds | _kinds_of(article, at))
        is_slow = RestrictionKind.SLOW in self.measures
        self.seconds = max((each.seconds for each in self._in_force if is_slow), default=0)

    @property
    def notices(self) -> list[tuple[ThreadRestriction, list[RestrictionKind]]]:
        """Each restriction with those of its measures that apply, to tell readers why."""
        pairs = [(each, self._effective_of(each)) for each in self._in_force]
        return [(each, measures) for each, measures in pairs if measures]

    def _effective_of(self, restriction: ThreadRestriction) -> list[RestrictionKind]:
        effective = self.measures.intersection(restriction.measures)
        if restriction.seconds != self.seconds:  # another one is slower
            effective -= {RestrictionKind.SLOW}
        return [measure for measure in RestrictionKind if measure in effective]

    @property
    def fingerprint(self) -> str:
        """A text that differs for different states: "slow-180 latest"."""
        names = (measure.value for measure in RestrictionKind if measure in self.measures)
        return " ".join(f"{name}-{self.seconds}" if name == "slow" else name for name in names)

    @property
    def closed_by(self) -> RestrictionKind | None:
        """The measure that keeps everyone from writing, if there is one."""
        return next((kind for kind in CLOSING_KINDS if kind in self.measures), None)

    @property
    def opens_at(self) -> datetime | None:
        """When writing becomes possible by the clock. None if somebody has to reopen it."""
        closing = [each for each in self._in_force if {*CLOSING_KINDS} & {*each.measures}]
        ends = [each.ends_at for each in closing if each.ends_at]
        if self.closed_by_editor or len(ends) < len(closing):
            return None
        return max(ends, default=None)

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


def _kinds_of(article: Restrictable | None, at: datetime) -> set[RestrictionKind]:
    """What applies to a thread because of its article alone."""
    if article is None:
        return set()
    hidden = set() if is_public(article, at) else {RestrictionKind.STOP}
    return hidden | ({RestrictionKind.CLOSE} if article.closed_at else set())


def _effective(kinds: set[RestrictionKind]) -> frozenset[RestrictionKind]:
    """In a hidden thread nothing else applies, in a closed one only what affects reading."""
    closing = next((kind for kind in CLOSING_KINDS if kind in kinds), None)
    if closing is RestrictionKind.STOP:
        return frozenset((closing,))
    return frozenset({closing} | (kinds & READING_KINDS) if closing else kinds)


def thread_states(articles: Iterable[Restrictable]) -> Mapping[int, ThreadState]:
    """Current states by article id. One query, or none if no article is restricted."""
    articles, moment = list(articles), now()
    ids = [article.id for article in articles if article.is_restricted]
    restrictions = list(db.session.scalars(ThreadRestriction.open_for(ids))) if ids else []
    return {
        article.id: ThreadState(
            [each for each in restrictions if each.applies_to(article)],
            at=moment,
            article=article,
        )
        for article in articles
    }


def thread_state(article: Restrictable) -> ThreadState:
    return thread_states([article])[article.id]


def not_stopped() -> tuple[ColumnElement[bool], datetime | None]:
    """Condition on Article: it is public and its thread not hidden; and when this changes by the
    clock, but for scheduled articles, which have no thread yet."""
    moment = now()
    open_restrictions = db.session.scalars(
        select(ThreadRestriction).where(ThreadRestriction.ended_at.is_(None))
    )
    stops = [each for each in open_restrictions if RestrictionKind.STOP in each.measures]
    stopped = [each.scope for each in stops if each.is_in_force(moment)]
    are_shown = and_(Article.public_at(moment), not_(or_(false(), *stopped)))
    return are_shown, ThreadState(stops, at=moment).until

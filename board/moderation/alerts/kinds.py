"""Kinds of alerts: what can wait for a moderator, how much, and since when."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import InstrumentedAttribute

from board.accounts.email.queue import link_line
from board.db import db
from board.moderation import queue
from board.moderation.queue import Queue, QueueItem
from board.moderation.threads import surges
from board.moderation.threads.surges import Surge

REMINDER = timedelta(hours=4)  # before the time to answer a claim or an order is over


@dataclass(frozen=True)
class Moment:
    """When something happens that is worth an alert: at the time in `column`, or so long after."""

    column: InstrumentedAttribute[datetime]
    later: timedelta = timedelta()

    def first(self, since: datetime, until: datetime, where: ColumnElement[bool]) -> Any:
        """The first after `since`, and not after `until`. None if there is none."""
        column, later = self.column, self.later
        new = select(func.min(column)).where(where, column > since - later, column <= until - later)
        found: datetime | None = db.session.scalar(new)
        return found and found + later


@dataclass(frozen=True)
class AlertKind:
    """`waits`: condition on what still has to be decided. `count`: of how much that is true."""

    label: Any
    moments: tuple[Moment, ...]
    waits: ColumnElement[bool]
    count: Callable[[], int]
    endpoint: str
    values: Mapping[str, str] = field(default_factory=dict)

    def first_event(self, since: datetime, until: datetime) -> datetime | None:
        found = (moment.first(since, until, self.waits) for moment in self.moments)
        return min(filter(None, found), default=None)


# By name, in the order in which they are told. Filled by wiring.py of law and of this folder.
alert_kinds: dict[str, AlertKind] = {}

KINDS_OF_COMMENTS = {
    "surges": AlertKind(
        _("Surges"),
        (Moment(Surge.began_at),),
        Surge.ended_at.is_(None) & Surge.acknowledged_at.is_(None),
        surges.count_unseen,
        "threads.index",
    ),
    "reports": AlertKind(
        _("Reported comments"),
        (Moment(QueueItem.since),),
        QueueItem.queue == Queue.REPORTED.value,
        lambda: queue.counts()[Queue.REPORTED],
        "queues.index",
        {"queue": Queue.REPORTED.value},
    ),
    "held": AlertKind(
        _("Held comments"),
        (Moment(QueueItem.since),),
        QueueItem.queue == Queue.HELD.value,
        lambda: queue.counts()[Queue.HELD],
        "queues.index",
        {"queue": Queue.HELD.value},
    ),
}


def lines(names: set[str]) -> Iterator[str]:
    """What waits now of these kinds, a line each with a link. Needs the address of the board."""
    for name, kind in alert_kinds.items():
        if name in names and (count := kind.count()):
            shown = f"{count}" if count <= queue.COUNT_MAX else f"{queue.COUNT_MAX}+"
            page = url_for(kind.endpoint, **kind.values, _external=True)
            yield link_line(f"{kind.label} ({shown})", page)

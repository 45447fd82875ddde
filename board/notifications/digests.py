"""Digests: one email about all that a user has not seen, of every kind.

Nothing is queued when something happens: each minute all who are due get one email about what is
unseen by then. Users who read the board get none.
"""

import time
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, case, func, select, true, update
from sqlalchemy import false as never

from board.accounts.email import queue as email_queue
from board.accounts.email.frequency import Frequency
from board.accounts.email.queue import EmailPreference, QueuedEmail
from board.accounts.models import User
from board.db import db, execute_core, now, writing
from board.db.clock import local
from board.notifications.models import Notification
from board.notifications.preferences import DEFAULTS, NotificationPreference
from board.runtime.app import app_state

KIND = "digest"  # of the email
LOOK_INTERVAL = 60.0  # seconds after a look that found nothing
DELAY = timedelta(minutes=2)  # a decision may be undone, a comment deleted, a page read until then
NIGHT_FROM, NIGHT_TO = 21, 8  # hours in the newsroom, between which no digest leaves
PER_HOUR, PER_DAY = 1, 4  # to one user
# What is older was not mailed for a reason: no mail server, or nothing wanted.
AGE_MAX = timedelta(days=3)
# Users in one write, which must be short, and in one turn, between which other emails are sent.
BATCH, TURN = 5, 1000


def due_digests(moment: datetime) -> Select[int, int]:
    """Users who are due an email, by id, and their newest notification that it tells of."""
    frequency = func.coalesce(NotificationPreference.frequency, _default_frequency())
    is_due = [
        (frequency == each.value, Notification.made_at < each.cutoff(moment, delay=DELAY))
        for each in Frequency
        if each is not Frequency.OFF
    ]
    pending = select(Notification.user_id, func.max(Notification.id)).join(
        User, User.id == Notification.user_id
    )
    pending = pending.outerjoin(
        NotificationPreference,
        (NotificationPreference.user_id == Notification.user_id)
        & (NotificationPreference.kind == Notification.kind),
    ).where(
        never() if _is_night(moment) else true(),
        Notification.seen_at.is_(None),
        Notification.mailed_as.is_(None),
        Notification.made_at > moment - AGE_MAX,
        frequency != Frequency.OFF.value,
        User.mail == EmailPreference.ALL.value,
        _sent_since(moment - timedelta(hours=1)) < PER_HOUR,
        _sent_since(moment - timedelta(days=1)) < PER_DAY,
    )
    pending = pending.group_by(Notification.user_id).order_by(Notification.user_id)
    return pending.having(func.max(case(*is_due, else_=never())))


def has_due() -> bool:
    """Whether somebody is due; looks again a minute after there was nobody."""
    if not email_queue.is_configured() or time.monotonic() < app_state().get("next_digests", 0.0):
        return False
    if db.session.execute(due_digests(now()).limit(1)).first():
        return True
    app_state()["next_digests"] = time.monotonic() + LOOK_INTERVAL
    return False


def queue_due(goes_on: Callable[[], bool]) -> None:
    """Queue the emails of one turn, while `goes_on` says so."""
    ids = list(db.session.scalars(due_digests(now()).limit(TURN)))
    db.session.rollback()
    for start in range(0, len(ids), BATCH):
        if not goes_on():
            break
        with writing():
            _queue(ids[start : start + BATCH])


def _queue(user_ids: Sequence[int]) -> None:
    """Those who are still due."""
    due = due_digests(now()).where(Notification.user_id.in_(user_ids))
    newest: dict[int, int] = {id: number for id, number in db.session.execute(due)}
    for user in db.session.scalars(select(User).where(User.id.in_(newest))):
        email_queue.enqueue(KIND, newest[user.id], to=user, delay=timedelta())
    if newest:
        execute_core(_MARK, [{"user": id, "newest": number} for id, number in newest.items()])


def _is_night(moment: datetime) -> bool:
    return not NIGHT_TO <= local(moment).hour < NIGHT_FROM


def _default_frequency() -> ColumnElement[str]:
    defaults = {kind.value: frequency.value for kind, frequency in DEFAULTS.items()}
    return case(defaults, value=Notification.kind, else_=Frequency.OFF.value)


def _sent_since(moment: datetime) -> Any:
    """How many digests a user was sent; by address, which has an index."""
    sent = select(func.count()).where(QueuedEmail.address == User.email, QueuedEmail.kind == KIND)
    return sent.where(QueuedEmail.made_at > moment).correlate(User).scalar_subquery()


_off = select(NotificationPreference.kind).where(
    NotificationPreference.user_id == bindparam("user"),
    NotificationPreference.frequency == Frequency.OFF.value,
)
_MARK = (
    update(Notification.__table__)  # type: ignore[arg-type]
    .where(
        Notification.user_id == bindparam("user"),
        Notification.seen_at.is_(None),
        Notification.mailed_as.is_(None),
        Notification.id <= bindparam("newest"),
        Notification.kind.not_in(_off),
    )
    .values(mailed_as=bindparam("newest"))
)

"""Subscriptions of moderators to alerts, and the webhook: how far each has been sent."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.email.frequency import Frequency
from board.accounts.models import User
from board.db import Base, db, now

DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
DELAY = MINUTE  # between an event and its alert “at once”, so that many are one message


class AlertSubscription(Base):
    """A kind of alerts a moderator wants by email. What happened until `told_until` was told."""

    __tablename__ = "alert_subscription"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    frequency: Mapped[str] = mapped_column(String(10))
    told_until: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def of(cls, user: User) -> Select[Self]:
        return select(cls).where(cls.user_id == user.id).order_by(cls.kind)

    @classmethod
    def of_moderators(cls) -> Select[Self]:
        """Those of people who are moderators still, by account."""
        rows = select(cls).join(User, User.id == cls.user_id).where(User.can_moderate.is_(True))
        return rows.order_by(cls.user_id, cls.kind)


class AlertWebhook(Base):
    """What the webhook was told: one row. While it is claimed, a process is sending a message."""

    __tablename__ = "alert_webhook"
    CLAIM = MINUTE

    id: Mapped[int] = mapped_column(primary_key=True)
    told_until: Mapped[datetime] = mapped_column(default=now)
    claimed_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)  # in a row

    @classmethod
    def get(cls) -> Self | None:
        return db.session.get(cls, 1)

    @property
    def is_claimed(self) -> bool:
        moment = now()
        until = self.claimed_until
        return until is not None and moment < until <= moment + self.CLAIM


def since(told_until: datetime, moment: datetime) -> datetime:
    """From when on events are new. If a clock that was wrong wrote the time, some are told twice
    rather than not at all."""
    return told_until if told_until <= moment else moment - DAY


def chosen_by(user: User) -> dict[str, Frequency]:
    rows = db.session.scalars(AlertSubscription.of(user))
    return {row.kind: Frequency(row.frequency) for row in rows}


def choose(user: User, frequencies: Mapping[str, Frequency]) -> None:
    """Replace the choice. A kind that was chosen before goes on where it was."""
    known = {row.kind: row for row in db.session.scalars(AlertSubscription.of(user))}
    for kind, frequency in frequencies.items():
        row = known.get(kind)
        if frequency is Frequency.OFF:
            if row:
                db.session.delete(row)
        elif row:
            row.frequency = frequency.value
        else:
            new = AlertSubscription(user_id=user.id, kind=kind, frequency=frequency.value)
            db.session.add(new)


def delete_for_user(user: User) -> None:
    mine = AlertSubscription.user_id == user.id
    db.session.execute(delete(AlertSubscription).where(mine))


def export_alerts(user: User) -> dict[str, str]:
    return {kind: frequency.value for kind, frequency in chosen_by(user).items()}

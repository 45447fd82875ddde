"""Notification preferences: of which kinds a user wants emails, and how often."""

from collections.abc import Mapping

from sqlalchemy import ForeignKey, String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.email.frequency import Frequency
from board.accounts.email.queue import EmailPreference
from board.accounts.models import User
from board.db import Base, db
from board.notifications.models import Kind

# The kinds one can choose for. Of the others the law or safety asks for an email at once.
DEFAULTS: Mapping[Kind, Frequency] = {
    Kind.REPLY: Frequency.HOURLY,
    Kind.MENTION: Frequency.HOURLY,
    Kind.DECISION: Frequency.AT_ONCE,
    Kind.FEATURED: Frequency.DAILY,
}


class NotificationPreference(Base):
    """How often a user wants emails of one kind. Without a row the default stands."""

    __tablename__ = "notification_preference"

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    frequency: Mapped[str] = mapped_column(String(10))


def preferences_of(user: User) -> dict[Kind, Frequency]:
    """By kind; all off for a user who wants no emails, or only those the law demands."""
    if user.mail != EmailPreference.ALL:
        return dict.fromkeys(DEFAULTS, Frequency.OFF)
    rows = select(NotificationPreference).where(NotificationPreference.user_id == user.id)
    chosen = {Kind(row.kind): Frequency(row.frequency) for row in db.session.scalars(rows)}
    return {**DEFAULTS, **chosen}


def set_preferences(user: User, chosen: Mapping[Kind, Frequency]) -> None:
    """Set what the user chose. Who had unsubscribed gets emails again."""
    user.mail = EmailPreference.ALL.value
    _store(user, chosen)


def turn_off(user: User) -> None:
    """No more emails about notifications. What the law or safety asks for still comes."""
    _store(user, dict.fromkeys(DEFAULTS, Frequency.OFF))


def _store(user: User, chosen: Mapping[Kind, Frequency]) -> None:
    for kind, frequency in chosen.items():
        db.session.merge(
            NotificationPreference(user_id=user.id, kind=kind.value, frequency=frequency.value)
        )


def delete_for_user(user: User) -> None:
    rows = delete(NotificationPreference).where(NotificationPreference.user_id == user.id)
    db.session.execute(rows)


def export_preferences(user: User) -> dict[str, str]:
    return {kind.value: frequency.value for kind, frequency in preferences_of(user).items()}

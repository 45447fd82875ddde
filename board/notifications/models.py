"""Notifications: what a user was told of, and whether they have seen it. They contain no text."""

import enum
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Self, cast

from sqlalchemy import (
    ForeignKey,
    Index,
    ScalarSelect,
    Select,
    String,
    Table,
    bindparam,
    delete,
    func,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts import data_export
from board.accounts.models import User
from board.db import Base, db, execute_core, now


class Kind(enum.StrEnum):
    """What a notification is about; `about` is the id of what is named here."""

    REPLY = "reply"  # the user's comment that was answered
    MENTION = "mention"  # the comment that names the user
    DECISION = "decision"  # the ruling
    FEATURED = "featured"  # the user's comment that an editor picked
    ACCOUNT = "account"  # the change; see account_changes.py


_UNSEEN, _UNMAILED = text("seen_at IS NULL"), text("seen_at IS NULL AND mailed_as IS NULL")


class Notification(Base):
    """One thing a user is told of. Further replies to a comment join the row that is unseen."""

    __tablename__ = "notification"
    PAGE_SIZE = 30
    COUNT_MAX = 99  # counting stops beyond it
    RETENTION = timedelta(days=90)
    BATCH = 500  # rows in one write
    NO_EMAIL = 0
    __table_args__ = (
        # Finds what is unseen about a comment, too.
        Index(
            "uq_notification_unseen", "about", "kind", "user_id", unique=True, sqlite_where=_UNSEEN
        ),
        Index("ix_notification_user", "user_id", "id"),
        Index("ix_notification_unseen", "user_id", sqlite_where=_UNSEEN),
        Index("ix_notification_unmailed", "made_at", sqlite_where=_UNMAILED),
        Index("ix_notification_actor", "actor_id", "made_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id))
    kind: Mapped[str] = mapped_column(String(10))
    about: Mapped[int]
    # The first comment it is about: of many replies, the one that made it.
    since: Mapped[int | None]
    # Its author, whom limits count.
    actor_id: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)
    seen_at: Mapped[datetime | None]
    # `about` of the email that tells of it, NO_EMAIL if none of ours does.
    mailed_as: Mapped[int | None]

    @classmethod
    def newest(cls, user: User, *, before: int | None = None) -> Select[Self]:
        """One page + 1 of a user’s notifications, newest first."""
        page = select(cls).where(cls.user_id == user.id)
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def unseen(cls, user_id: int) -> Select[Self]:
        """Newest first."""
        page = select(cls).where(cls.user_id == user_id, cls.seen_at.is_(None))
        return page.order_by(cls.id.desc())


_user, _notification = cast(Table, User.__table__), cast(Table, Notification.__table__)


def _unseen_count() -> ScalarSelect[int]:
    unseen = select(_notification.c.id).where(
        _notification.c.user_id == _user.c.id, _notification.c.seen_at.is_(None)
    )
    some = unseen.correlate(_user).limit(Notification.COUNT_MAX + 1)
    return select(func.count()).select_from(some.subquery()).scalar_subquery()


_RECOUNT = (
    update(_user)
    .where(_user.c.id.in_(bindparam("users", expanding=True)))
    .values(unseen_notifications=_unseen_count())
)


def recount(user_ids: Collection[int]) -> None:
    """Store how many unseen notifications these users have, after any change of them."""
    if user_ids:
        execute_core(_RECOUNT, {"users": list(user_ids)})


def mark_seen(user: User, *, id: int | None = None, up_to: int | None = None) -> None:
    """Mark one notification of this user as seen, or all up to one, or all."""
    seen = update(Notification).where(
        Notification.user_id == user.id, Notification.seen_at.is_(None)
    )
    if id:
        seen = seen.where(Notification.id == id)
    if up_to:
        seen = seen.where(Notification.id <= up_to)
    db.session.execute(seen.values(seen_at=now()))
    recount([user.id])


def remove(*which: Any) -> None:
    """Delete the notifications that meet these conditions."""
    removed = delete(_notification).where(*which).returning(_notification.c.user_id)
    recount({user_id for (user_id,) in execute_core(removed)})


def delete_for_user(user: User) -> None:
    remove(_notification.c.user_id == user.id)


def has_old() -> bool:
    """Whether the oldest is older than RETENTION."""
    made_at = select(Notification.made_at).order_by(Notification.id).limit(1)
    oldest = db.session.scalar(made_at)
    return oldest is not None and oldest < now() - Notification.RETENTION


def delete_old() -> None:
    """Delete one batch of those older than RETENTION."""
    old = select(Notification.id).where(Notification.made_at < now() - Notification.RETENTION)
    batch = db.session.scalars(old.order_by(Notification.id).limit(Notification.BATCH))
    remove(_notification.c.id.in_(list(batch)))


def export_notifications(user: User) -> list[dict[str, Any]]:
    """Oldest first."""
    names = ("kind", "about", "since", "made_at", "seen_at")
    rows = select(*(getattr(Notification, name) for name in names))
    return data_export.as_dicts(
        rows.where(Notification.user_id == user.id).order_by(Notification.id)
    )

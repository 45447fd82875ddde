"""Webhooks, events, their deliveries, and each attempt to deliver one."""

import secrets
from datetime import datetime, timedelta
from typing import Self

from sqlalchemy import (
    ColumnElement,
    ForeignKey,
    Index,
    LargeBinary,
    Select,
    String,
    UniqueConstraint,
    delete,
    func,
    select,
    text,
)
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship, selectinload

from board.db import Base, db, now


class Webhook(Base):
    """An address that is sent every event, and the state of it."""

    __tablename__ = "webhook"
    URL_MAX = 500
    COUNT_MAX = 10
    FAILING_MAX = timedelta(days=5)  # without one success; then it is switched off
    OLD_SECRET = timedelta(hours=24)  # for which the secret of before signs, too

    id: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str] = mapped_column(String(URL_MAX))
    with_text: Mapped[bool]
    is_on: Mapped[bool] = mapped_column(default=True)
    off_for: Mapped[str] = mapped_column(String(10), default="")  # "", "gone" or "failing"
    secret: Mapped[bytes] = mapped_column(LargeBinary)  # encrypted, as is old_secret
    old_secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    rotated_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    succeeded_at: Mapped[datetime | None]
    made_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def all(cls) -> Select[Self]:
        return select(cls).order_by(cls.id)

    def switch_on(self) -> None:
        self.is_on, self.off_for, self.failing_since = True, "", None

    def switch_off(self, *, reason: str = "") -> None:
        self.is_on, self.off_for = False, reason

    def note_success(self) -> None:
        self.succeeded_at, self.failing_since = now(), None

    def note_failure(self) -> None:
        self.failing_since = self.failing_since or now()
        if now() - self.failing_since > self.FAILING_MAX:
            self.switch_off(reason="failing")


class WebhookEvent(Base):
    """What happened, as ids: the message is made of what is there when it is sent."""

    __tablename__ = "webhook_event"
    RETENTION = timedelta(days=30)
    __table_args__ = (
        Index("ix_webhook_event_new", "id", sqlite_where=text("is_queued = 0")),
        Index(None, "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[str] = mapped_column(String(40), unique=True)
    type: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(default=now)
    comment_id: Mapped[int | None]
    user_id: Mapped[int | None]
    webhook_id: Mapped[int | None]  # of a test, which is for one only
    is_queued: Mapped[bool] = mapped_column(default=False)  # for every webhook

    @classmethod
    def new_message_id(cls) -> str:
        return f"msg_{secrets.token_hex(16)}"

    @classmethod
    def unqueued(cls) -> Select[Self]:
        return select(cls).where(~cls.is_queued).order_by(cls.id)


class WebhookDelivery(Base):
    """An event for a webhook. `due_at` is None when it was delivered, or given up."""

    __tablename__ = "webhook_delivery"
    PAGE_SIZE = 50
    __table_args__ = (
        UniqueConstraint("webhook_id", "event_id"),
        Index("ix_webhook_delivery_due", "due_at", sqlite_where=text("due_at IS NOT NULL")),
        Index(None, "event_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey(WebhookEvent.id, ondelete="CASCADE"))
    webhook_id: Mapped[int] = mapped_column(ForeignKey(Webhook.id, ondelete="CASCADE"))
    due_at: Mapped[datetime | None]
    tries: Mapped[int] = mapped_column(default=0)
    delivered_at: Mapped[datetime | None]

    event: Mapped[WebhookEvent] = relationship()
    webhook: Mapped[Webhook] = relationship()
    attempts: Mapped[list["WebhookAttempt"]] = relationship(
        order_by="WebhookAttempt.id", cascade="all, delete-orphan", passive_deletes=True
    )

    @classmethod
    def due(cls) -> ColumnElement[bool]:
        return (cls.due_at <= now()) & cls.webhook.has(Webhook.is_on)

    @classmethod
    def newest(cls, webhook: Webhook, *, before: int | None = None) -> Select[Self]:
        """A page plus one with events and attempts, newest first."""
        page = select(cls).where(cls.webhook_id == webhook.id).order_by(cls.id.desc())
        page = page.options(joinedload(cls.event), selectinload(cls.attempts))
        return (page.where(cls.id < before) if before else page).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def count_waiting(cls) -> dict[int, int]:
        """How many deliveries wait, by webhook."""
        counted = select(cls.webhook_id, func.count()).where(cls.due_at.is_not(None))
        return {row[0]: row[1] for row in db.session.execute(counted.group_by(cls.webhook_id))}

    def send_again(self) -> None:
        """At once, with all its tries."""
        self.due_at, self.tries, self.delivered_at = now(), 0, None


class WebhookAttempt(Base):
    """One request: the status and the beginning of the answer, or why there was none."""

    __tablename__ = "webhook_attempt"
    ANSWER_MAX = 1000

    id: Mapped[int] = mapped_column(primary_key=True)
    delivery_id: Mapped[int] = mapped_column(
        ForeignKey(WebhookDelivery.id, ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime] = mapped_column(default=now)
    status: Mapped[int | None]
    milliseconds: Mapped[int]
    answer: Mapped[str] = mapped_column(String(ANSWER_MAX))


def has_old() -> bool:
    oldest = select(WebhookEvent.id).where(_is_old()).limit(1)
    return db.session.scalar(oldest) is not None


def delete_old() -> None:
    """Events of before RETENTION, and what became of them; some at a time."""
    ids = select(WebhookEvent.id).where(_is_old()).limit(1000)
    db.session.execute(delete(WebhookEvent).where(WebhookEvent.id.in_(ids)))


def _is_old() -> ColumnElement[bool]:
    return WebhookEvent.at < now() - WebhookEvent.RETENTION

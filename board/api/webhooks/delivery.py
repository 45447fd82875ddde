"""Delivery of events to webhooks: in the background worker, at least once, in no certain order.

A delivery is claimed in a write of its own and sent by one of a few threads, so a receiver that
does not answer keeps neither emails nor other receivers waiting. One that failed is tried ten times
within four days.
"""

import logging
import re
import secrets
import time
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Lock

from flask import Flask
from sqlalchemy import func, insert, literal, select

from board.api.webhooks import secrets as webhook_secrets
from board.api.webhooks.models import Webhook, WebhookAttempt, WebhookDelivery, WebhookEvent
from board.api.webhooks.payload import payload
from board.db import db, execute_core, now, writing
from board.runtime import http_client
from board.runtime.app import app_state, current_app_object, setting
from board.runtime.http_client import Answer, RequestFailed

THREADS = 4
LEASE = timedelta(seconds=60)  # of a claimed delivery, if its process dies
_QUEUED_MAX = 100  # events that are queued in one write
_SECOND, _HOUR = timedelta(seconds=1), timedelta(hours=1)
# Pauses after each try but the last, give or take a fifth. Source: Standard Webhooks.
PAUSES = (
    5 * _SECOND, 300 * _SECOND, _HOUR / 2, 2 * _HOUR, 5 * _HOUR, 10 * _HOUR, 14 * _HOUR,
    20 * _HOUR, 24 * _HOUR,
)  # fmt: skip
RETRY_AFTER_MAX = 24 * _HOUR
_SECONDS = re.compile("[0-9]{1,9}")
_log = logging.getLogger(__name__)


class Sender:
    """The threads of a process, and the webhooks each of them is busy with."""

    def __init__(self) -> None:
        self._lock, self._busy = Lock(), set[int]()
        self._pool: ThreadPoolExecutor | None = None

    def has_work(self) -> bool:
        if not setting("ORIGIN"):
            return False
        unqueued = db.session.scalar(WebhookEvent.unqueued().limit(1))
        return bool(unqueued or (len(self._busy) < THREADS and _due(self._busy, 1)))

    def work(self, _goes_on: Callable[[], bool]) -> None:
        """Queue events, and begin to send what is due, once for each webhook."""
        self._pool = self._pool or ThreadPoolExecutor(THREADS, "webhooks")
        with self._lock:
            with writing():
                queue_events()
                claimed = claim(THREADS - len(self._busy), self._busy)
            self._busy |= {webhook_id for _id, webhook_id in claimed}
        for id, webhook_id in claimed:
            self._pool.submit(self._send, current_app_object(), id, webhook_id)

    def _send(self, app: Flask, id: int, webhook_id: int) -> None:
        try:
            with app.app_context():
                send(id)
        except Exception:  # tried again when the lease is over
            _log.exception("webhook delivery %d", id)
        finally:
            with self._lock:
                self._busy.discard(webhook_id)


def init_app(app: Flask) -> None:
    app.extensions[__name__] = Sender()


def has_work() -> bool:
    return _sender().has_work()


def work(goes_on: Callable[[], bool]) -> None:
    _sender().work(goes_on)


def _sender() -> Sender:
    sender: Sender = app_state()[__name__]
    return sender


def queue_events() -> None:
    """A delivery of each new event for each webhook that is on. Called inside a write."""
    for event in db.session.scalars(WebhookEvent.unqueued().limit(_QUEUED_MAX)).all():
        receivers = select(literal(event.id), Webhook.id, literal(now()), literal(0))
        receivers = receivers.where(Webhook.is_on)
        if event.webhook_id:
            receivers = receivers.where(Webhook.id == event.webhook_id)
        columns = ["event_id", "webhook_id", "due_at", "tries"]
        execute_core(insert(WebhookDelivery).from_select(columns, receivers))
        event.is_queued = True


def claim(limit: int, busy: Collection[int] = ()) -> list[tuple[int, int]]:
    """Deliveries to send now, the oldest of each webhook: their ids, and those of the webhooks.
    Called inside a write."""
    claimed = _due(busy, limit)
    for delivery in claimed:
        delivery.due_at = now() + LEASE
        delivery.tries += 1
    return [(delivery.id, delivery.webhook_id) for delivery in claimed]


def _due(busy: Collection[int], limit: int) -> list[WebhookDelivery]:
    oldest = select(func.min(WebhookDelivery.id)).where(
        WebhookDelivery.due(), WebhookDelivery.webhook_id.not_in(busy)
    )
    oldest = oldest.group_by(WebhookDelivery.webhook_id).limit(limit)
    return [*db.session.scalars(select(WebhookDelivery).where(WebhookDelivery.id.in_(oldest)))]


def send(id: int) -> None:
    """Send this delivery once, and record what was answered."""
    delivery = db.session.get_one(WebhookDelivery, id)
    webhook, event = delivery.webhook, delivery.event
    text, moment = payload(event, webhook), int(now().timestamp())
    headers = {
        "webhook-id": event.message_id,
        "webhook-timestamp": str(moment),
        "webhook-signature": webhook_secrets.signature(webhook, event.message_id, moment, text),
    }
    url = webhook.url
    db.session.rollback()  # no transaction stays open meanwhile
    started = time.monotonic()
    try:
        answer, problem = http_client.post_json_text(url, text, headers=headers), ""
    except RequestFailed as error:
        answer, problem = None, str(error)
    _record(id, answer, problem, round((time.monotonic() - started) * 1000))


def _record(id: int, answer: Answer | None, problem: str, milliseconds: int) -> None:
    with writing():
        delivery = db.session.get(WebhookDelivery, id)
        if delivery is None:  # its webhook was deleted meanwhile
            return
        text = _readable(answer.body) if answer else problem
        delivery.attempts.append(
            WebhookAttempt(
                status=answer.status if answer else None,
                milliseconds=milliseconds,
                answer=text[: WebhookAttempt.ANSWER_MAX],
            )
        )
        if answer and answer.is_ok:
            delivery.due_at, delivery.delivered_at = None, now()
            delivery.webhook.note_success()
        elif answer and answer.status == 410:
            delivery.due_at = None
            delivery.webhook.switch_off(reason="gone")
        else:
            delivery.due_at = _next_try(delivery.tries, answer.retry_after if answer else "")
            delivery.webhook.note_failure()


def _next_try(tries: int, retry_after: str) -> datetime | None:
    """None after the last. `retry_after`: seconds, if the receiver said."""
    if tries > len(PAUSES):
        return None
    pause = PAUSES[tries - 1] * secrets.SystemRandom().uniform(0.8, 1.2)
    asked = int(retry_after) if _SECONDS.fullmatch(retry_after) else 0
    return now() + max(pause, min(RETRY_AFTER_MAX, asked * _SECOND))


def _readable(body: bytes) -> str:
    text = body[: 4 * WebhookAttempt.ANSWER_MAX].decode(errors="replace")
    return "".join(each for each in text if each.isprintable() or each == "\n")

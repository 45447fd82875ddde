"""Alerts to one webhook of the newsroom, as Slack, Mattermost and others take them.

Sent by `flask --app wsgi alerts send`, which the background worker runs in a process of its own: a
service that does not answer keeps no email waiting. What could not be told is told by the next
message, so one is all that ever waits.
"""

from datetime import datetime, timedelta
from html import escape

from flask import current_app
from flask_babel import force_locale

from board.db import db, now, writing
from board.moderation.alerts.kinds import alert_kinds, lines
from board.moderation.alerts.models import DELAY, HOUR, MINUTE, AlertWebhook, since
from board.runtime import http_client
from board.runtime.app import setting
from board.runtime.http_client import RequestFailed
from board.web.i18n import LANGUAGES


def is_due() -> bool:
    """Whether there is something to tell, for a minute already."""
    if not (setting("ALERT_WEBHOOK") and setting("ORIGIN")):
        return False
    webhook = AlertWebhook.get()
    return webhook is None or _has_news(webhook, now())


def pause() -> timedelta:
    """Between two messages: a minute, and twice as long after each failure."""
    webhook = AlertWebhook.get()
    return min(HOUR, MINUTE * 2 ** min(10, webhook.failures if webhook else 0))


def send() -> bool:
    """Send one message if there is something to tell. Raises RequestFailed."""
    moment = _claim()
    if moment is None:
        return False
    if text := message():
        answer = http_client.post_json(setting("ALERT_WEBHOOK"), {"text": text}, named=True)
        if not answer.is_ok:
            raise RequestFailed(f"it answered {answer.status}")
    _mark_told(moment)
    return bool(text)


def message() -> str:
    """Escaped as these services want it."""
    with (
        current_app.test_request_context(base_url=setting("ORIGIN")),
        force_locale(LANGUAGES[0]),
    ):
        waiting = [*lines(set(alert_kinds))]
    return "\n".join([escape(setting("SITE_NAME"), quote=False), *waiting]) if waiting else ""


def _claim() -> datetime | None:
    """The time until which the message tells, claimed for this process. It counts as failed until
    it is marked as told. None if there is nothing to tell, or another process does."""
    moment = now()
    with writing():
        webhook = AlertWebhook.get()
        if webhook is None:  # nothing of before the webhook was set
            db.session.add(AlertWebhook(id=1))
            return None
        if webhook.is_claimed or not _has_news(webhook, moment):
            return None
        webhook.claimed_until = moment + AlertWebhook.CLAIM
        webhook.failures += 1
    return moment


def _mark_told(moment: datetime) -> None:
    with writing():
        webhook = AlertWebhook.get()
        if webhook:
            webhook.told_until, webhook.claimed_until, webhook.failures = moment, None, 0


def _has_news(webhook: AlertWebhook, moment: datetime) -> bool:
    start, end = since(webhook.told_until, moment), moment - DELAY
    return any(kind.first_event(start, end) for kind in alert_kinds.values())

"""Delivery of queued emails: by the background worker, or `mail send`."""

from collections.abc import Callable

import click
from flask import current_app

from board.accounts.email import queue as email_queue
from board.accounts.email.message import render
from board.accounts.email.queue import QueuedEmail
from board.db import db, writing
from board.runtime.background import TaskFailed
from board.runtime.smtp import (
    Connection,
    DeliveryFailed,
    DeliveryUnknown,
    connected,
    send_message,
)


def send_due(goes_on: Callable[[], bool] = lambda: True) -> int:
    """Send what is due while `goes_on` says so, which is asked before each. Returns how many were
    sent. Raises TaskFailed if the mail server is not there.
    """
    # Links in emails use the address readers use.
    with current_app.test_request_context(base_url=current_app.config["ORIGIN"]):
        try:
            with connected(current_app.config["MAIL_SERVER"]) as connection:
                return _send_all(connection, goes_on)
        except DeliveryFailed as error:
            raise TaskFailed(f"The mail server said: {error}") from error


def _send_all(connection: Connection, goes_on: Callable[[], bool]) -> int:
    """Raises DeliveryUnknown."""
    sent = 0
    while goes_on():
        with writing():
            email = email_queue.claim_next()
        if email is None:
            break
        sent += _send(email, connection)
    return sent


def _send(email: QueuedEmail, connection: Connection) -> bool:
    message, to = render(email), email.address
    db.session.rollback()  # no transaction stays open during SMTP
    try:
        send_message(message, to=to, sender=current_app.config["MAIL_FROM"], connection=connection)
    except DeliveryUnknown:
        raise
    except DeliveryFailed as error:
        click.echo(f"The mail server said: {error}", err=True)
        with writing():
            email.retry_later()
        return False
    with writing():
        email_queue.mark_sent(email)
    return True

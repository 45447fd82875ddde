"""Delivery of queued emails: by the background worker, or `mail send`."""

from collections.abc import Callable

import click
from flask import current_app

from board.accounts.email import pace
from board.accounts.email import queue as email_queue
from board.accounts.email.message import render, test_message
from board.accounts.email.queue import QueuedEmail
from board.db import db, writing
from board.runtime.background import TaskFailed
from board.runtime.smtp import (
    CLOSING,
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


def send_test(address: str, language: str) -> None:
    """Send an email of no consequence, with the headers of an optional one. Raises DeliveryFailed,
    or DeliveryUnknown."""
    with current_app.test_request_context(base_url=current_app.config["ORIGIN"]):
        message = test_message(language)
    with connected(current_app.config["MAIL_SERVER"]) as connection:
        sender = current_app.config["MAIL_FROM"]
        send_message(message, to=address, sender=sender, connection=connection)


def _send_all(connection: Connection, goes_on: Callable[[], bool]) -> int:
    """Raises DeliveryUnknown, or DeliveryFailed if the server ends the connection."""
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
    sender = current_app.config["MAIL_FROM"]
    try:
        send_message(message, to=to, sender=sender, connection=connection)
    except DeliveryUnknown:
        raise
    except DeliveryFailed as error:
        _postpone(email, error)
        return False
    with writing():
        email_queue.mark_sent(email)
    return True


def _postpone(email: QueuedEmail, error: DeliveryFailed) -> None:
    """Try again later, and so with others to this domain if it takes nothing now. Raises the error
    if nobody answers any more."""
    with writing():
        email.retry_later()
        if error.is_temporary:
            pace.pause_domain(email.address)
    if error.code == CLOSING:
        raise error
    click.echo(f"The mail server said: {error}", err=True)

"""Command line: `flask --app wsgi mail send`."""

import smtplib

import click
from flask import current_app

from board.accounts.email import queue as email_queue
from board.accounts.email.message import render
from board.db import db, writing
from board.db.commands import CommandGroup
from board.runtime.smtp import DeliveryFailed, DeliveryUnknown, connected, send_message

mail_cli = CommandGroup("mail", help="Emails to readers.")


@mail_cli.command("send")
def send() -> None:
    """Send what waits. Run it every five minutes, from cron or a systemd timer."""
    if not email_queue.is_configured():
        raise click.ClickException("Set BOARD_MAIL_SERVER, BOARD_MAIL_FROM and BOARD_ORIGIN first.")
    # Links in emails use the address readers use.
    with current_app.test_request_context(base_url=current_app.config["ORIGIN"]):
        try:
            with connected(current_app.config["MAIL_SERVER"]) as connection:
                sent = _send_all(connection)
        except DeliveryFailed as error:
            raise click.ClickException(f"The mail server said: {error}") from error
    with writing():
        email_queue.delete_old()
    if sent:
        click.echo(f"{sent} sent.")


def _send_all(connection: smtplib.SMTP) -> int:
    """Number of emails sent. Raises DeliveryUnknown."""
    sent = 0
    while True:
        with writing():
            email = email_queue.claim_next()
        if email is None:
            return sent
        sent += _send(email, connection)


def _send(email: email_queue.QueuedEmail, connection: smtplib.SMTP) -> bool:
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

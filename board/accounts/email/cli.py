"""Command line: `flask --app wsgi mail send`."""

import click

from board.accounts.email import delivery
from board.accounts.email import queue as email_queue
from board.db.commands import CommandGroup
from board.runtime.background import TaskFailed

mail_cli = CommandGroup("mail", help="Emails to readers.")


@mail_cli.command("send")
def send() -> None:
    """Send what waits now. `serve` does it by itself, and `work --once` from cron."""
    if not email_queue.is_configured():
        raise click.ClickException("Set BOARD_MAIL_SERVER, BOARD_MAIL_FROM and BOARD_ORIGIN first.")
    try:
        sent = delivery.send_due()
    except TaskFailed as error:
        raise click.ClickException(str(error)) from error
    if sent:
        click.echo(f"{sent} sent.")

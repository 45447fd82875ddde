"""Command line: `flask --app wsgi alerts send`."""

import click

from board.db.commands import CommandGroup
from board.moderation.alerts import webhook
from board.runtime.http_client import RequestFailed

alerts_cli = CommandGroup("alerts", help="Alerts for moderators.")


@alerts_cli.command("send")
def send() -> None:
    """Tell the webhook what waits at the desk. `serve` does it by itself."""
    try:
        sent = webhook.send()
    except RequestFailed as error:
        raise click.ClickException(f"The webhook of alerts: {error}.") from error
    if sent:
        click.echo("1 sent.")

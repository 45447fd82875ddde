"""`flask --app wsgi tips …`: commands for cron and administrators. None of them can read a tip."""

import random
import time

import click
from flask import current_app
from flask.cli import AppGroup
from sqlalchemy import select

from board.db import db, hash_chain, truncate_wal, writing
from board.runtime.smtp import DeliveryFailed
from board.tips.models.audit_log import AuditEntry
from board.tips.notifications import emails as tip_emails
from board.tips.readers import roster
from board.tips.sealed import retention

tips_cli = AppGroup("tips", help="Delete expired tips; notify tip readers.")


@tips_cli.command("tidy")
def tidy() -> None:
    """Delete tips without activity for BOARD_TIP_DAYS; `serve` does this as well.

    Also truncates the write-ahead log and removes files that belong to no tip.
    """
    with writing():
        count = retention.erase_outdated()
    truncate_wal()
    click.echo(f"{count} tips deleted.")


@tips_cli.command("verify")
def verify() -> None:
    """Check the hash chain of the tips log: has anybody changed it behind the board's back?

    Entries removed from the end leave no gap: store the last hash elsewhere to notice that.
    """
    entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    if broken := hash_chain.find_tampered(entries):
        raise click.ClickException(
            f"Entry {broken} is not as it was written, or one before it is missing."
        )
    last = f" The last is {entries[-1].id}: {entries[-1].hash.hex()}" if entries else ""
    click.echo(f"{len(entries)} entries, unaltered.{last}")


@tips_cli.command("begin-roster")
@click.confirmation_option(
    prompt="Everybody on the roster has lost their key, and sources will see another fingerprint?"
)
def begin_roster() -> None:
    """Delete the roster when nobody is left who could sign for a new reader: the next reader signs
    for themselves.

    Opens no existing tip, and is recorded in the tips log.
    """
    with writing():
        roster.reset()
    click.echo("The next tip reader starts a new roster. Print its fingerprint.")


@tips_cli.command("notify")
@click.option(
    "--within", default=45, show_default=True, type=click.IntRange(0, 600),
    help="Minutes: each email is sent at a random moment within them.",
)  # fmt: skip
def notify(within: int) -> None:
    """Email each reader who has something new. Run it twice a day, say at 9 and at 15."""
    server, sender = current_app.config["MAIL_SERVER"], current_app.config["MAIL_FROM"]
    if not server or not sender:
        raise click.ClickException("Set BOARD_MAIL_SERVER and BOARD_MAIL_FROM first.")
    time.sleep(random.SystemRandom().uniform(0, within * 60))
    emails = tip_emails.pending_emails()
    db.session.rollback()  # holds no transaction while emails are sent
    sent, error_text, keyless = [], "", 0
    for email in emails:
        try:
            site, text = current_app.config["SITE_NAME"], tip_emails.email_text()
            tip_emails.send(server, sender, email, site=site, text=text)
            sent.append(email.address)
        except tip_emails.UnusableKey:
            keyless += 1
        except DeliveryFailed as error:
            error_text = str(error)
    with writing():
        tip_emails.mark_sent(sent)
    if keyless:
        click.echo(f"{keyless} got no email: their OpenPGP key has expired. Their desk says so.")
    if error_text:
        raise click.ClickException(f"The mail server said: {error_text}")

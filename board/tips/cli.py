"""`flask --app wsgi tips …`: commands for cron and administrators. None of them can read a tip."""

import random
import time

import click
from flask import current_app
from sqlalchemy import select

from board.db import db, hash_chain, truncate_wal, writing
from board.db.commands import CommandGroup
from board.runtime import clock_check
from board.runtime.smtp import DeliveryFailed
from board.tips.integrity import checkpoints
from board.tips.integrity.findings import UNREADABLE, findings
from board.tips.integrity.orphans import Outcome
from board.tips.models import roster
from board.tips.models.audit_log import AuditEntry
from board.tips.notifications import emails as tip_emails
from board.tips.sealed import retention

WENT_BACK = (
    "The database of tips is older than it was, so no tip and no file was deleted. A tip reader has"
    " to look at the desk first."
)
IS_NEW = ", but this database never had one: nothing is deleted. Is it the right database?"
WAITING = (
    " in this database. Those still without one a week after they were first found are deleted. If"
    " it is the wrong database, put the right one back."
)


tips_cli = CommandGroup("tips", help="Delete expired tips, verify their log, email tip readers.")


@tips_cli.command("tidy")
def tidy() -> None:
    """Delete tips without activity for BOARD_TIP_DAYS; `serve` does this as well.

    Also truncates the write-ahead log. Files that belong to no tip are deleted when they are found
    a second time, a week later; none while the database is older than it was.
    """
    if believable_at := clock_check.believable_at():
        raise click.ClickException(
            "The clock is not where it was, so nothing is deleted. If it goes on evenly, that is "
            f"possible from {believable_at:%Y-%m-%dT%H:%MZ} on."
        )
    with writing():
        count, orphans = retention.tidy()
    truncate_wal()
    click.echo(f"{count} tips deleted. {orphans.deleted} files without a tip deleted.")
    if orphans.waiting or orphans.went_back:
        click.echo(_waiting_text(orphans))
    if orphans.went_back:
        raise SystemExit(1)


@tips_cli.command("verify")
def verify() -> None:
    """Check log, roster, pepper and erase keys of tips, and whether the database went back.

    An instance folder put back as a whole looks right: store the last hash elsewhere to notice it.
    """
    try:
        entries = db.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
        broken = hash_chain.find_tampered(entries)
    except (TypeError, ValueError):
        raise click.ClickException(UNREADABLE) from None
    if broken:
        raise click.ClickException(
            f"Entry {broken} is not as it was written, or one before it is missing."
        )
    _require_sound()
    last = f" The last is {entries[-1].id}: {entries[-1].hash.hex()}" if entries else ""
    click.echo(f"{len(entries)} entries, unaltered.{last}")


def _require_sound() -> None:
    if problems := [sentence for is_good, sentence in findings() if not is_good]:
        raise click.ClickException("\n".join(problems))


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
    checkpoints.forget_roster()
    click.echo("The next tip reader starts a new roster. Print its fingerprint.")


def _waiting_text(orphans: Outcome) -> str:
    if orphans.went_back:
        return WENT_BACK
    return f"{orphans.waiting} files belong to no tip{IS_NEW if orphans.is_new else WAITING}"


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

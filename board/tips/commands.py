"""`flask --app wsgi tips …`: what an operator runs at set hours. None of it can read a tip."""

import random
import time

import click
from flask import current_app
from flask.cli import AppGroup

from board.db import db, forget_log, writing
from board.tips import keeping, notices

tips_cli = AppGroup("tips", help="Erase what is outdated; tell readers that there is something.")


@tips_cli.command("tidy")
def tidy() -> None:
    """Erase tips nobody has written in for BOARD_TIP_DAYS; `serve` does it, too.

    This also empties the log of the database and removes files that belong to no tip.
    """
    with writing():
        count = keeping.erase_outdated()
    forget_log()
    click.echo(f"{count} tips erased.")


@tips_cli.command("notify")
@click.option(
    "--within", default=45, show_default=True, type=click.IntRange(0, 600),
    help="Minutes: each mail leaves at some moment within them.",
)  # fmt: skip
def notify(within: int) -> None:
    """Mail each reader for whom something came. Run it twice a day, say at 9 and at 15."""
    server, sender = current_app.config["MAIL_SERVER"], current_app.config["MAIL_FROM"]
    if not server or not sender:
        raise click.ClickException("Set BOARD_MAIL_SERVER and BOARD_MAIL_FROM first.")
    time.sleep(random.SystemRandom().uniform(0, within * 60))
    letters = notices.due()
    db.session.rollback()  # nobody waits for us while we mail
    sent, failed, keyless = [], "", 0
    for letter in letters:
        try:
            notices.send(server, sender, letter, site=current_app.config["SITE_NAME"])
            sent.append(letter.address)
        except notices.NoKey:
            keyless += 1
        except notices.NotSent as error:
            failed = str(error)
    with writing():
        notices.told(sent)
    if keyless:
        click.echo(f"{keyless} got no mail: their OpenPGP key has expired. Their desk says so.")
    if failed:
        raise click.ClickException(f"The mail server said: {failed}")

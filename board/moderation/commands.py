"""`flask --app wsgi rules …`: the list of words a board starts with."""

import click
from flask.cli import AppGroup

from board.db import db, writing
from board.moderation import rule_lists, rules
from board.moderation.signals import starter_signals

rules_cli = AppGroup("rules", help="What holds a comment for a moderator.")


@rules_cli.command("load")
def load() -> None:
    """Add the rules the board ships with. Those there are already stay as they are."""
    click.echo(f"{_load()} rules and allowed words added.")


def load_when_untouched() -> None:
    """A board on which nobody has ever had a rule starts with those it ships with."""
    untouched = rules.is_untouched()
    db.session.rollback()
    if untouched:
        _load()


def _load() -> int:
    shipped = rule_lists.starter()
    with writing():
        return rules.add_all([*starter_signals(), *shipped.rules], shipped.allowed, by=None)

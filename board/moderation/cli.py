"""`flask --app wsgi rules …`: the list of words a board starts with."""

import click
from flask.cli import AppGroup

from board.db import db, writing
from board.moderation.filters import models as filter_rules
from board.moderation.filters import text_format
from board.moderation.filters.heuristics import starter_signals

rules_cli = AppGroup("rules", help="What makes a comment wait for a moderator.")


@rules_cli.command("load")
def load() -> None:
    """Add the rules the board ships with. Those there are already stay as they are."""
    click.echo(f"{_load()} rules and allowed words have been added.")


def load_when_untouched() -> None:
    """A board on which nobody has ever had a rule starts with those it ships with."""
    untouched = filter_rules.is_untouched()
    db.session.rollback()
    if untouched:
        _load()


def _load() -> int:
    shipped = text_format.starter()
    with writing():
        return filter_rules.add_all([*starter_signals(), *shipped.rules], shipped.allowed, by=None)

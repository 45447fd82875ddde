"""CLI: `flask rules load` and `flask moderation verify | export | decide`."""

import json
import os
from collections.abc import Iterator
from typing import IO, Any

import click

from board.db import db, writing
from board.db.commands import CommandGroup
from board.db.hash_chain import find_tampered
from board.moderation.appeals import models as appeals
from board.moderation.appeals.models import Appeal
from board.moderation.filters import changes, text_format
from board.moderation.filters.heuristics import default_heuristics
from board.moderation.filters.models import is_untouched
from board.moderation.rulings import log as ruling_log
from board.moderation.rulings.models import Ruling

rules_cli = CommandGroup("rules", help="What holds a comment for a moderator.")


@rules_cli.command("load")
def load() -> None:
    """Add the rules the board ships with. Those there are already stay as they are."""
    click.echo(f"{_load()} rules and allowed words added.")


def load_when_untouched() -> None:
    """Loads the default rules on a board that has never had one."""
    untouched = is_untouched()
    db.session.rollback()
    if untouched:
        _load()


def _load() -> int:
    defaults = text_format.default_rule_list()
    with writing():
        return changes.add_all([*default_heuristics(), *defaults.rules], defaults.allowed, by=None)


moderation_cli = CommandGroup("moderation", help="The log of decisions, and appeals.")


@moderation_cli.command("verify")
def verify() -> None:
    """Look whether anybody has changed the log behind the board's back.

    Rulings taken from the end leave no gap: keep the last hash somewhere else to notice that.
    """
    last: list[Any] = []
    tampered_id = find_tampered(_rulings_keeping_last(last))
    if tampered_id:
        raise click.ClickException(
            f"Ruling {tampered_id} is not as it was written, or one before it is missing."
        )
    if last:
        click.echo(
            f"{last[0]} decisions, unaltered. The last is {last[1].id}: {last[1].hash.hex()}"
        )


@moderation_cli.command("export")
@click.argument("path", type=click.Path(dir_okay=False))
def export(path: str) -> None:
    """Write the whole log to a new file, one ruling a line, as JSON."""
    try:
        with open(path, "x", encoding="utf-8", opener=_open_private) as file:
            count = _write_log(file)
    except OSError as error:
        raise click.ClickException(f"{path}: {error.strerror}.") from error
    click.echo(f"{count} decisions written.")


@moderation_cli.command("decide")
@click.argument("ruling_id", type=int)
@click.argument("outcome", type=click.Choice(["uphold", "reject"]))
@click.argument("says")
def decide(ruling_id: int, outcome: str, says: str) -> None:
    """Decide the appeal against a ruling, where no second moderator is there to do it.

    SAYS is the sentence that both sides read.
    """
    if not 0 < len(says) <= Ruling.NOTE_MAX:
        raise click.ClickException(f"The sentence has 1 to {Ruling.NOTE_MAX} characters.")
    with writing():
        appeal = db.session.get(Appeal, ruling_id)
        if appeal is None or appeal.decided_at is not None:
            raise click.ClickException(f"No appeal against decision {ruling_id} is pending.")
        appeals.decide(appeal, by=None, uphold=outcome == "uphold", note=says)
    click.echo("Decided.")


def _rulings_keeping_last(last: list[Any]) -> Iterator[Ruling]:
    """All rulings; afterwards `last` is [their number, the last ruling]."""
    for count, ruling in enumerate(db.session.scalars(ruling_log.oldest_first()), start=1):
        last[:] = [count, ruling]
        yield ruling


def _write_log(file: IO[str]) -> int:
    count = 0
    for count, ruling in enumerate(db.session.scalars(ruling_log.oldest_first()), start=1):  # noqa: B007
        file.write(json.dumps(ruling_log.as_dict(ruling), ensure_ascii=False) + "\n")
    return count


def _open_private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)

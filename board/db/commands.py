"""Commands of operators, which find tables in every database they may use."""

import functools
from collections.abc import Callable
from typing import Any

import click
from flask.cli import AppGroup

from board.db import db, schema
from board.db.schema import State


class CommandGroup(AppGroup):
    """Commands that need the tables. In an empty database they are made first; of any other that
    cannot be used the command says why, before it does anything."""

    def command(self, *args: Any, **kwargs: Any) -> Any:
        register = super().command(*args, **kwargs)

        def with_tables(function: Callable[..., Any]) -> click.Command:
            @functools.wraps(function)
            def run(*words: Any, **options: Any) -> Any:
                _prepare_tables()
                return function(*words, **options)

            command: click.Command = register(run)
            return command

        return with_tables


def _prepare_tables() -> None:
    """Raises ClickException."""
    state = schema.state(db.engine)
    if problem := schema.describe_problem(state):
        raise click.ClickException(f"The {problem}.")
    if state is State.EMPTY:
        schema.upgrade()
    elif state is not State.CURRENT:
        raise click.ClickException(f"The tables are {state.value}. Start `serve` once first.")

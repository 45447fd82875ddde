"""Schema version of the database, and the migrations up to ours.

To look up the version costs one query; Alembic is imported only when there is work for it.
"""

import enum
import re
from pathlib import Path
from typing import Any

import click
from flask import current_app
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from board.db import db
from board.db.database_copy import CopyFailed, copy_before_migrations

MIGRATIONS = Path(__file__).parent / "migrations"


class State(enum.Enum):
    EMPTY = "empty"
    BEHIND = "behind"
    CURRENT = "current"
    NEWER = "newer"
    NOT_OURS = "not ours"
    UNREADABLE = "unreadable"


_PROBLEMS = {
    State.NEWER: "was made by a newer version of the board. Install that version, or restore the "
    "backup made before the update",
    State.NOT_OURS: "holds tables of another program. Name another with BOARD_DATABASE_URL",
    State.UNREADABLE: "cannot be opened: it is no database, or damaged, or not reachable",
}


def is_mapped(name: str | None, kind: str, _parents: Any) -> bool:
    """For Alembic: the search index and the tables of FTS5 behind it have no model."""
    return kind != "table" or not str(name).startswith("comment_words")


def revisions() -> list[str]:
    """The migrations this code knows, oldest first; files are named 0001_what_it_does.py."""
    names = sorted(path.name for path in (MIGRATIONS / "versions").glob("*.py"))
    return [match[1] for name in names if (match := re.match(r"([0-9]{4})_", name))]


def state(engine: Engine) -> State:
    try:
        with engine.connect() as connection:
            tables = inspect(connection).get_table_names()
            if not tables:
                return State.EMPTY
            if "alembic_version" not in tables:
                return State.NOT_OURS
            version = connection.scalar(text("SELECT version_num FROM alembic_version"))
    except DatabaseError:
        return State.UNREADABLE
    if version == revisions()[-1]:
        return State.CURRENT
    return State.BEHIND if version in revisions() else State.NEWER


def version(engine: Engine) -> str:
    """The newest migration this database has had."""
    with engine.connect() as connection:
        return str(connection.scalar(text("SELECT version_num FROM alembic_version")))


def describe_problem(state: State) -> str | None:
    """Why a database in this state cannot be used; None if it can."""
    if state not in _PROBLEMS:
        return None
    return f"database {db.engine.url.render_as_string(hide_password=True)} {_PROBLEMS[state]}"


def upgrade() -> None:
    """Run the missing migrations, under the write lock. What was there is copied before.

    Raises ClickException if that is impossible.
    """
    from alembic import command  # noqa: PLC0415 - only when there is work

    with current_app.extensions["write_lock"]:
        _keep_copy()
        command.upgrade(alembic_config(), "head")


def _keep_copy() -> None:
    """Copy a database that has migrations to run; another start may have run them by now."""
    if state(db.engine) is not State.BEHIND:
        return
    try:
        copy_before_migrations(version(db.engine))
    except CopyFailed as error:
        raise click.ClickException(f"No copy before the migrations: {error}.") from error


def alembic_config() -> Any:
    from alembic.config import Config  # noqa: PLC0415

    config = Config(MIGRATIONS / "alembic.ini")
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config


@click.command("migration")
@click.argument("what")
def migration(what: str) -> None:
    """For developers: write the next migration, from the difference of models and tables."""
    from alembic import command  # noqa: PLC0415

    number = f"{int(revisions()[-1]) + 1:04}"
    command.revision(alembic_config(), what, autogenerate=True, rev_id=number)

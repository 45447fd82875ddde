"""`flask --app wsgi version`: what is installed here, for a report of a fault."""

import platform
import tomllib
from functools import cache
from importlib.metadata import version as package_version
from pathlib import Path

import click
from flask.cli import with_appcontext

from board.db import db, schema, sqlite

_PROJECT = Path(__file__).parents[2] / "pyproject.toml"
# Fixes of the bug by which SQLite may lose a commit when two connections use the WAL (wal.html).
WAL_RESET_FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
MIN_SQLITE = (3, 42, 0)  # older ones leave deleted entries of the search index in the file


def is_safe_sqlite(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the fix for the bug that loses commits in WAL mode."""
    newest, *backports = WAL_RESET_FIXED
    return version >= newest or any(
        version[:2] == fixed[:2] and version >= fixed for fixed in backports
    )


@cache
def board_version() -> str:
    version: str = tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    return version


@click.command("version")
@with_appcontext
def version() -> None:
    """Print the versions of the board, its tables, and what it runs on."""
    state = schema.state(db.engine)
    click.echo(f"board {board_version()} (tables {schema.revisions()[-1]}, here {state.value})")
    click.echo(
        f"Python {platform.python_version()}, SQLite {sqlite.sqlite_version}, "
        f"Flask {package_version('flask')}, Granian {package_version('granian')}"
    )

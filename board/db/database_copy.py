"""Copies of the database, made while others write: the file itself must never be opened or copied.

Closing a descriptor of it would drop SQLite's locks, and without its log a copy is torn.
"""

import os
from contextlib import closing
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from board.config import durable_files
from board.db.engine import db, sqlite

COPIES = "before-migrations"  # folder beside the database


class CopyFailed(Exception):
    """The database could not be copied. Its text says why."""


def copy_database(path: Path) -> None:
    """Copy the database into a new file, mode 600, and sync it. Raises CopyFailed.

    It is one read transaction, so the copy is of one moment, and nobody waits for it.
    """
    draft = path.with_name(f"{path.name}.partial")
    draft.unlink(missing_ok=True)
    try:
        durable_files.make_folder(path.parent)
        os.close(os.open(draft, durable_files.CREATE, 0o600))
        _copy_to(draft)
        durable_files.sync(draft)
        durable_files.move(draft, path)
    except (OSError, SQLAlchemyError, sqlite.Error) as error:
        raise CopyFailed(str(error)) from error
    finally:
        draft.unlink(missing_ok=True)


def copy_before_migrations(version: str) -> None:
    """Copy the database as it is before it is migrated; earlier copies end. Raises CopyFailed."""
    folder = Path(str(db.engine.url.database)).parent / COPIES
    copy = folder / f"{version}.db"
    copy_database(copy)
    for path in folder.iterdir():
        if path != copy:
            path.unlink()


def _copy_to(path: Path) -> None:
    """Write the pages in one step: in several, each write of another process begins it anew."""
    source = db.engine.raw_connection()
    try:
        with closing(sqlite.connect(path)) as target:
            source.driver_connection.backup(target)  # type: ignore[union-attr]
            target.execute("PRAGMA journal_mode = delete")  # a copy has no log beside it
            if target.execute("PRAGMA quick_check(1)").fetchone() != ("ok",):
                raise CopyFailed("the copy is damaged: the database is, or the disk")
    finally:
        source.close()

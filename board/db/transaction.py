"""The write transaction: one write at a time, and no change outside it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from sqlalchemy import (
    CursorResult,
    Executable,
)

from board.db.engine import db, writing_engine


@contextmanager
def writing(*, patience: float | None = None) -> Iterator[None]:
    """Everything inside is one write: read, decide, change, commit.

    It starts from the newest state, whatever was read before, and holds the lock from BEGIN to
    COMMIT only, so hash, render and validate before entering. Raises Busy when no turn came in
    `patience` seconds, or else in as many as the lock thinks right.
    """
    if db.session.info.get("writing"):
        raise RuntimeError("already writing: one request, one write")
    db.session.rollback()
    db.session.expire_all()
    lock = current_app.extensions["write_lock"]
    with lock if patience is None else lock.within(patience) as deadline:
        db.session.info["writing"] = writing_engine()
        try:
            db.session.connection(execution_options={"writing": True, "deadline": deadline})
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            db.session.info.pop("writing")


def execute_core(statement: Executable, values: Any = None) -> CursorResult[Any]:
    """Run a statement about columns in this transaction, past the session and its objects.

    A row costs a third of an object, so this is for what every post asks. Nothing is flushed
    before: the caller knows that no object waits for that, and expires those whose rows it changes.
    """
    return db.session.connection().execute(statement, values)


def truncate_wal() -> None:
    """Empty SQLite's log, in which what was deleted still stands until it is written over.

    Waits for no reader; while one is busy the log is emptied at some later time.
    """
    if db.engine.dialect.name != "sqlite":
        return
    with current_app.extensions["write_lock"]:
        connection = writing_engine().raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()

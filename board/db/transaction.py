"""The write transaction: one write at a time, and no change outside it."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app
from sqlalchemy import CursorResult, Executable
from sqlalchemy.exc import OperationalError

from board.db.engine import PRAGMAS, db, writing_engine
from board.db.write_lock import LockTimeout

WAL_LARGE = 16 * 1024**2  # bytes; four times what SQLite lets it have without a long reader
_CHECKPOINT_WAIT = 200  # milliseconds

# Called after each write with the seconds it waited for the lock, and those it held it, or None if
# it waited in vain. Filled by the metrics.
write_observers: list[Callable[[float, float | None], None]] = []


@contextmanager
def writing(*, timeout: float | None = None) -> Iterator[None]:
    """Everything inside is one write: read, decide, change, commit.

    It starts from the newest state and forgets what was read before. It holds the lock from BEGIN
    to COMMIT only, so hash, render and validate before entering. Raises LockTimeout if the lock was
    not free within `timeout` seconds (default: WriteLock.WAIT).
    """
    if db.session.info.get("writing"):
        raise RuntimeError("already writing: one request, one write")
    db.session.rollback()
    db.session.expire_all()
    with _write_lock(timeout) as deadline:
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


@contextmanager
def _write_lock(timeout: float | None) -> Iterator[float]:
    lock = current_app.extensions["write_lock"]
    start, acquired = time.perf_counter(), None
    try:
        with lock if timeout is None else lock.within(timeout) as deadline:
            acquired = time.perf_counter()
            yield deadline
    finally:
        end = time.perf_counter()
        for observe in write_observers:
            observe((acquired or end) - start, end - acquired if acquired else None)


def execute_core(statement: Executable, values: Any = None) -> CursorResult[Any]:
    """Run a Core statement in this transaction, past the session and its objects.

    A row costs a third of an object, so this is for the queries of every post. Nothing is flushed
    before: the caller knows that no object waits for a flush, and expires those it changes.
    """
    return db.session.connection().execute(statement, values)


def write_unless_locked(statement: Executable, *, skipped: str) -> None:
    """Run one statement in a write of its own, for which no request waits or fails.

    If the lock is taken, nothing is written, and `skipped` is logged.
    """
    try:
        with writing(timeout=0):
            db.session.execute(statement)
    except (LockTimeout, OperationalError) as error:
        current_app.logger.warning("%s: %s", skipped, error)


def truncate_wal() -> None:
    """Empty SQLite's write-ahead log, in which deleted text stands until it is overwritten.

    Writers wait meanwhile, so it waits for readers a moment only; while one of them reads on, the
    log is emptied at some later time.
    """
    with current_app.extensions["write_lock"]:
        connection = writing_engine().raw_connection()
        try:
            connection.cursor().execute(f"PRAGMA busy_timeout = {_CHECKPOINT_WAIT}")
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.cursor().execute(f"PRAGMA busy_timeout = {PRAGMAS['busy_timeout']}")
            connection.close()


def has_large_wal() -> bool:
    """Whether the log has outgrown WAL_LARGE: somebody read for so long that it could not be
    reused. It keeps its size afterwards, until it is truncated."""
    try:
        return os.stat(f"{db.engine.url.database}-wal").st_size > WAL_LARGE
    except FileNotFoundError:
        return False

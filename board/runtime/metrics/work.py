"""Metrics of the work behind requests: writes, faults of the database, limiters and jobs.

Nothing that happens for a source or a tip reader is counted: on a quiet board a single number that
changed would tell when a tip was sent.
"""

from typing import Any

from flask import Flask, g, has_app_context
from sqlalchemy import ExceptionContext, event

from board.db import db
from board.db.transaction import write_observers
from board.runtime.metrics.families import Counter, Histogram, Moment

WAITED = Histogram("board_write_lock_wait_seconds", "Time a write waited for the write lock.")
HELD = Histogram("board_write_seconds", "Time a write held the write lock, commit included.")
TIMEOUTS = Counter("board_write_lock_timeouts_total", "Writes that waited in vain.")
CODES = ("SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_FULL", "SQLITE_IOERR", "SQLITE_CORRUPT", "other")
FAULTS = Counter("board_sqlite_errors_total", "Errors of SQLite, by primary code.", code=CODES)
REFUSED = Counter(
    "board_limiter_refusals_total", "Operations refused for a full queue.", limiter=()
)
LAST_ROUND = Moment("board_jobs_last_round_timestamp_seconds", "When the periodic jobs last ran.")
FAILED_ROUNDS = Counter("board_jobs_failed_total", "Rounds of periodic jobs that ended early.")


def is_measured() -> bool:
    """Whether this request may be counted; also True outside requests."""
    return not (has_app_context() and g.get("unmeasured"))


def count_refusal(limiter: str) -> None:
    if is_measured():
        REFUSED.inc(limiter)


def _observe_write(waited: float, held: float | None) -> None:
    if not is_measured():
        return
    WAITED.observe(waited)
    if held is None:
        TIMEOUTS.inc()
    else:
        HELD.observe(held)


def _count_fault(context: ExceptionContext) -> None:
    name: Any = getattr(context.original_exception, "sqlite_errorname", "")
    code = next((code for code in CODES if name.startswith(code)), "other")
    FAULTS.inc(code)


def init_app(app: Flask) -> None:
    if _observe_write not in write_observers:
        write_observers.append(_observe_write)
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "handle_error", _count_fault)

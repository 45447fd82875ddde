"""Periodic jobs: the registry, the background thread that runs them, and the `due` command.

Each slice lists its jobs in its wiring.py. `serve` runs them in its own process,
which answers no requests; behind another server, `flask --app wsgi due` does it from cron.
"""

import os
import threading
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from board.db import close_connections, db, writing
from board.db.write_lock import LockTimeout
from board.runtime import clock_check
from board.runtime.app import app_state, current_app_object
from board.runtime.hooks import Hook
from board.runtime.metrics import work

INTERVAL = 10.0  # seconds; how late a job may run


@dataclass(frozen=True)
class Job:
    """A periodic job. `is_due` only reads and is called often; `run` gets its own write, unless
    `writes` is false.

    `writes_max`: how often it may run in a row while it stays due, so that long work is done in
    short writes. `is_final`: what it does when a time is over cannot be taken back, so it waits
    until the clock is believable.
    """

    name: str
    is_due: Callable[[], bool]
    run: Callable[[], object]
    writes_max: int = 1
    writes: bool = True
    is_final: bool = False


jobs: Hook[Job] = Hook()


def run_pending() -> list[str]:
    """Run the jobs that are due. Returns their names.

    Raises LockTimeout or OperationalError; a job that did not run is due next time.
    """
    believable_at = clock_check.believable_at()
    _log_waiting([job.name for job in jobs if believable_at and _waits(job)], believable_at)
    return [job.name for job in jobs if not (believable_at and job.is_final) and _run(job)]


def _waits(job: Job) -> bool:
    return job.is_final and _is_due(job)


def _log_waiting(names: list[str], until: datetime | None) -> None:
    """Once, and again when they change."""
    if names != app_state().get("waiting_jobs", []):
        app_state()["waiting_jobs"] = names
        if names:
            current_app_object().logger.warning(
                "the clock is not where it was: until it has gone evenly to %s these jobs wait: %s",
                f"{until:%Y-%m-%dT%H:%MZ}", ", ".join(names),
            )  # fmt: skip


def _is_due(job: Job) -> bool:
    due = job.is_due()
    db.session.rollback()
    return due


def _run(job: Job) -> bool:
    """Whether it was due."""
    for count in range(job.writes_max):
        if not _is_due(job):
            return count > 0
        with writing() if job.writes else nullcontext():
            if job.is_due():  # still: another process may have run it meanwhile
                job.run()
    return True


def _run_round(app: Flask) -> None:
    """Log what goes wrong: the thread must go on, other jobs still have to run."""
    try:
        run_pending()
        work.LAST_ROUND.set()
    except (LockTimeout, OperationalError) as error:
        app.logger.warning("jobs postponed: %s", error)
    except Exception:
        app.logger.exception("a job failed")
        work.FAILED_ROUNDS.inc()


def start_scheduler(app: Flask) -> threading.Event:
    """Run jobs in a thread of this process, until the returned event is set or the process ends.

    A worker that died is forked anew at any time, but not while a job runs: the child would inherit
    SQLite's locks, with no thread to release them. Nor does it inherit connections, which SQLite
    forbids.
    """
    stop, running = threading.Event(), threading.Lock()

    def pause_for_fork() -> None:
        running.acquire()
        with app.app_context():
            close_connections()

    os.register_at_fork(
        before=pause_for_fork, after_in_parent=running.release, after_in_child=running.release
    )

    def loop() -> None:
        while not stop.wait(INTERVAL):
            with running, app.app_context():
                _run_round(app)

    threading.Thread(target=loop, name="jobs", daemon=True).start()
    return stop


@click.command("due")
def run_jobs() -> None:
    """Run the periodic jobs that are due now. Only needed where `serve` is not used."""
    for name in run_pending():
        click.echo(name)

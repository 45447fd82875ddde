"""What falls due: terms that end by themselves, whether or not anybody is looking.

A slice that has such terms appends a Task. `serve` runs them in its own process, which answers no
requests; behind another server, `flask --app wsgi due` does it from cron.
"""

import os
import threading
from collections.abc import Callable
from dataclasses import dataclass

import click
from flask import Flask
from sqlalchemy.exc import OperationalError

from board.db import close_connections, db, writing
from board.db.write_lock import LockTimeout
from board.runtime.hooks import Hook

INTERVAL = 10.0  # seconds; how late the end of a term may be seen


@dataclass(frozen=True)
class Job:
    """`is_due` reads only, and is asked often; `run` is called inside a write of its own."""

    name: str
    is_due: Callable[[], bool]
    run: Callable[[], object]


jobs: Hook[Job] = Hook()


def run_pending() -> list[str]:
    """Do whatever is due now. The names of the tasks that had something to do.

    Raises Busy or OperationalError; whatever was not done is due next time.
    """
    done = []
    for job in jobs:
        due = job.is_due()
        db.session.rollback()
        if due:
            with writing():
                job.run()
            done.append(job.name)
    return done


def start_scheduler(app: Flask) -> threading.Event:
    """In a thread of this process until the event is set or the process ends.

    No fork happens while a task runs: the child would inherit SQLite's locks and nobody to open
    them. Nor does it inherit connections, which SQLite forbids. A worker that died is forked anew
    at any time.
    """
    stop, running = threading.Event(), threading.Lock()

    def rest() -> None:
        running.acquire()
        with app.app_context():
            close_connections()

    os.register_at_fork(
        before=rest, after_in_parent=running.release, after_in_child=running.release
    )

    def loop() -> None:
        while not stop.wait(INTERVAL):
            with running, app.app_context():
                try:
                    run_pending()
                except (LockTimeout, OperationalError) as error:
                    app.logger.warning("what is due waits: %s", error)
                except Exception:  # whatever it is, the other terms still have to end
                    app.logger.exception("a task that was due has failed")

    threading.Thread(target=loop, name="due", daemon=True).start()
    return stop


@click.command("due")
def run_jobs() -> None:
    """Do what is due now: terms that have ended. Only needed where `serve` is not used."""
    for name in run_pending():
        click.echo(name)

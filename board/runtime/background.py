"""Background tasks: work that waits for other machines or takes long, so that neither a request nor
a write may contain it. The registry, and the record of what ran.

Each slice lists its tasks in its wiring.py. `serve` keeps a process that does them; behind another
server, `flask --app wsgi work --once` does it from cron.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base, db, now, writing
from board.db.clock import last_at
from board.runtime.hooks import Hook
from board.runtime.lease import Lease

WORKER = "background worker"  # name of its lease
DAY = timedelta(days=1)
RETRY = timedelta(hours=1)  # after a failure, unless the next run comes sooner
INTERRUPTED = "it was interrupted"


class TaskFailed(Exception):
    """A task could not do its work now. Its text is a sentence for the operator."""


@dataclass(frozen=True)
class QueueConsumer:
    """Works off a queue within seconds. `has_work` only reads, and is called several times a
    second; `work` goes on until the queue is empty or the callable it gets says no, and commits
    each item by itself. Raises TaskFailed.
    """

    name: str
    has_work: Callable[[], bool]
    work: Callable[[Callable[[], bool]], object]


@dataclass(frozen=True)
class ScheduledCommand:
    """A command of `flask --app wsgi`, run in a process of its own: every so often, or when it is
    that hour in the newsroom. `is_due`: a further condition, for what has a rule of its own.

    `title`: what `doctor` calls it; empty if its own findings tell when it last succeeded.
    """

    name: str
    words: tuple[str, ...]
    title: str = ""
    every: Callable[[], timedelta] = lambda: DAY
    hours: tuple[int, ...] = ()
    is_due: Callable[[], bool] = lambda: True

    def is_over(self, run: "TaskRun | None") -> bool:
        """Whether the time to wait after this run, the last one, is over."""
        moment = now()
        if run is None or run.started_at > moment + RETRY:  # or begun by a clock that was wrong
            return True
        if run.problem:
            return run.started_at + min(RETRY, self.every()) <= moment
        if self.hours:
            return run.started_at < max(last_at(time(hour), moment) for hour in self.hours)
        return run.started_at + self.every() <= moment


class TaskRun(Base):
    """The last run of a task: begun when, and what went wrong; and when one last succeeded."""

    __tablename__ = "task_run"
    PROBLEM_MAX = 300

    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    started_at: Mapped[datetime]
    succeeded_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(String(PROBLEM_MAX), default="")

    @classmethod
    def of(cls, name: str) -> Self | None:
        return db.session.get(cls, name)

    @classmethod
    def begin(cls, command: ScheduledCommand) -> bool:
        """Record that a run begins, and so was interrupted unless its end is recorded. False if
        another process has begun one meanwhile."""
        with writing():
            run = cls.of(command.name)
            if not command.is_over(run):
                return False
            run = run or cls(name=command.name)
            run.started_at, run.problem = now(), INTERRUPTED
            db.session.add(run)
        return True

    @classmethod
    def end(cls, name: str, *, problem: str = "") -> None:
        """Record what became of the run."""
        with writing():
            run = cls.of(name) or cls(name=name, started_at=now())
            run.problem = problem[: cls.PROBLEM_MAX]
            run.succeeded_at = run.succeeded_at if problem else now()
            db.session.add(run)


def worker_seen_at() -> datetime | None:
    """When there was last a background worker, on any machine; None if never."""
    lease = db.session.get(Lease, WORKER)
    return min(lease.until, now()) if lease else None


queue_consumers: Hook[QueueConsumer] = Hook()
scheduled_commands: Hook[ScheduledCommand] = Hook()

"""What `doctor` says of the background worker: when it last ran, and what is late or failed."""

from datetime import datetime, timedelta

from board.db import now
from board.runtime.background import (
    DAY,
    INTERRUPTED,
    ScheduledCommand,
    TaskRun,
    queue_consumers,
    scheduled_commands,
    worker_seen_at,
)

LATE = timedelta(minutes=15)  # without a worker; cron starts one every five minutes
_ADVICE = "start `serve`, or run `work --once` from cron"
Finding = tuple[bool, str]


def findings() -> list[Finding]:
    """Needs the tables."""
    commands = [command for command in scheduled_commands if command.title and command.is_due()]
    return [
        _check_worker(),
        *(found for command in commands for found in _check_command(command)),
        *(found for consumer in queue_consumers for found in _check_problem(consumer.name)),
    ]


def _check_worker() -> Finding:
    seen = worker_seen_at()
    if seen is None:
        return True, f"the background worker has never run: {_ADVICE}"
    if now() - seen > LATE:
        return False, f"the background worker last ran {_ago(seen)}: {_ADVICE}"
    return True, f"the background worker last ran {_ago(seen)}"


def _check_command(command: ScheduledCommand) -> list[Finding]:
    run = TaskRun.of(command.name)
    if run is None:
        return [(True, f"{command.title}: not run yet")]
    words = " ".join(command.words)
    if run.problem and not _may_be_running(run):
        return [(False, f"{command.title}: the last run failed: {run.problem}")]
    if run.succeeded_at is None:
        return [(True, f"{command.title}: running for the first time")]
    limit = 2 * (DAY if command.hours else command.every()) + timedelta(hours=1)
    text = f"{command.title}: last {_ago(run.succeeded_at)}"
    is_late = now() - run.succeeded_at > limit
    return [(not is_late, f"{text}: run `{words}` and see what it says" if is_late else text)]


def _check_problem(name: str) -> list[Finding]:
    run = TaskRun.of(name)
    return [(False, f"{name}: {run.problem}")] if run and run.problem else []


def _may_be_running(run: TaskRun) -> bool:
    return run.problem == INTERRUPTED and now() - run.started_at < timedelta(hours=1)


def _ago(moment: datetime) -> str:
    minutes = (now() - moment) // timedelta(minutes=1)
    return f"{minutes} minutes ago" if minutes < 120 else f"{minutes // 60} hours ago"

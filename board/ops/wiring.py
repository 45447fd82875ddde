"""Wiring of operations: the database, backups, and checks of the logs."""

from flask import Flask

from board.db import has_large_wal, truncate_wal
from board.ops.backup import schedule
from board.runtime.background import ScheduledCommand, scheduled_commands
from board.runtime.jobs import Job, jobs

JOBS = (
    Job("write-ahead log", has_large_wal, truncate_wal, writes=False),
    Job("copies before migrations", schedule.has_old_copies, schedule.delete_old_copies),
)
COMMANDS = (
    ScheduledCommand("backup", ("backup",), every=lambda: schedule.PAUSE, is_due=schedule.is_due),
    ScheduledCommand("logs", ("verify",), title="logs verified"),
)


def init_app(_app: Flask) -> None:
    jobs.add(*JOBS)
    scheduled_commands.add(*COMMANDS)

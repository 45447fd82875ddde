"""Wiring of operations: the disk, the database, backups, logs, and the page of metrics."""

from flask import Flask

from board.db import has_large_wal, truncate_wal
from board.ops import events
from board.ops.backup import schedule
from board.ops.metrics import views as metrics_views
from board.runtime import disk
from board.runtime.background import ScheduledCommand, scheduled_commands
from board.runtime.jobs import Job, jobs
from board.web.blueprints import register

JOBS = (
    Job("disk reserve", disk.lacks_reserve, disk.make_reserve, writes=False),
    Job("write-ahead log", has_large_wal, truncate_wal, writes=False),
    Job(
        "copies before migrations",
        schedule.has_old_copies,
        schedule.delete_old_copies,
        is_final=True,
    ),
    Job("security log", events.has_old, events.delete_old, writes=False, is_final=True),
)
COMMANDS = (
    ScheduledCommand("backup", ("backup",), every=lambda: schedule.PAUSE, is_due=schedule.is_due),
    ScheduledCommand("logs", ("verify",), title="logs verified"),
)


def init_app(app: Flask) -> None:
    register(app, metrics_views)
    jobs.add(*JOBS)
    scheduled_commands.add(*COMMANDS)

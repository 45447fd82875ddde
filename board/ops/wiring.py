"""Wiring of operations: the jobs of backups, the database and the disk."""

from flask import Flask

from board.db import has_large_wal, truncate_wal
from board.ops.backup import schedule
from board.runtime import disk
from board.runtime.jobs import Job, jobs

JOBS = (
    Job("disk reserve", disk.lacks_reserve, disk.make_reserve, writes=False),
    Job("write-ahead log", has_large_wal, truncate_wal, writes=False),
    Job("backup", schedule.is_due, schedule.start, writes=False, is_final=True),
    Job(
        "copies before migrations",
        schedule.has_old_copies,
        schedule.delete_old_copies,
        is_final=True,
    ),
)


def init_app(_app: Flask) -> None:
    jobs.add(*JOBS)

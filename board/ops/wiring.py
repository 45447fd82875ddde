"""Wiring of operations: the jobs of backups."""

from flask import Flask

from board.ops.backup import schedule
from board.runtime.jobs import Job, jobs

JOBS = (
    Job("backup", schedule.is_due, schedule.start),
    Job("copies before migrations", schedule.has_old_copies, schedule.delete_old_copies),
)


def init_app(_app: Flask) -> None:
    jobs.add(*JOBS)

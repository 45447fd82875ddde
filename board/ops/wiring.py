"""Wiring of operations: the page of metrics, and the jobs of backups."""

from flask import Flask

from board.ops.backup import schedule
from board.ops.metrics import views as metrics_views
from board.runtime.jobs import Job, jobs
from board.web.blueprints import register

JOBS = (
    Job("backup", schedule.is_due, schedule.start),
    Job("copies before migrations", schedule.has_old_copies, schedule.delete_old_copies),
)


def init_app(app: Flask) -> None:
    register(app, metrics_views)
    jobs.add(*JOBS)

"""`flask --app wsgi work`: the background worker without `serve`."""

import click
from flask.cli import with_appcontext

from board.db import db, schema
from board.db.schema import State
from board.ops.background.process import new_holder, run_worker
from board.ops.background.worker import Worker
from board.ops.backup import instance_lock
from board.runtime import jobs
from board.runtime.app import current_app_object


@click.command("work")
@click.option("--once", is_flag=True, help="Do what is due now, and end.")
@with_appcontext
def work(once: bool) -> None:
    """Background worker: mail, periodic jobs and scheduled commands. Only needed where `serve` is
    not used, which does all of it by itself: with --once from cron, every five minutes.
    """
    instance_lock.share()
    if schema.state(db.engine) is not State.CURRENT:
        raise click.ClickException("The tables are not up to date. Start `serve` once.")
    if not once:
        jobs.start_scheduler(current_app_object())
        run_worker(current_app_object(), new_holder(), is_wanted=lambda: True)
        return
    jobs.run_pending()
    # Says nothing if another worker has the lease, which does the rest: cron would mail it.
    Worker(current_app_object(), holder=new_holder(), goes_on=lambda: True).run_once()

"""Scheduled jobs run when they are due: in the background, or from cron."""

import os
from contextlib import contextmanager
from threading import Event

import pytest
from sqlalchemy import update

from board.articles.models import Article
from board.db import db
from board.runtime import jobs


@pytest.fixture
def closing_job(harbour, monkeypatch):
    """A job that closes the harbour's thread, once."""

    def run():
        db.session.execute(update(Article).values(closed_for="over"))

    job = jobs.Job("closing", lambda: db.session.get(Article, harbour.id).closed_for == "", run)
    monkeypatch.setattr(jobs, "jobs", [job])


def test_a_due_job_runs_once(harbour, closing_job):
    assert jobs.run_pending() == ["closing"]
    assert jobs.run_pending() == []
    db.session.expire_all()
    assert harbour.closed_for == "over"


def test_a_job_that_another_process_ran_meanwhile_does_not_run(harbour, closing_job, monkeypatch):
    @contextmanager
    def late_writing():
        with real_writing():
            closing.run()  # by another process, while this one waited for the lock
            yield

    (closing,), real_writing, ran = jobs.jobs, jobs.writing, []
    monkeypatch.setattr(jobs, "writing", late_writing)
    twice = jobs.Job("closing", closing.is_due, lambda: ran.append(1))
    monkeypatch.setattr(jobs, "jobs", [twice])

    jobs.run_pending()

    assert ran == []


def test_an_operator_runs_due_jobs_from_cron(app, harbour, closing_job):
    result = app.test_cli_runner().invoke(jobs.run_jobs)

    assert (result.exit_code, result.output) == (0, "closing\n")


def test_the_scheduler_goes_on_after_a_job_has_failed(app, harbour, monkeypatch):
    attempts, twice = [], Event()

    def fail():
        attempts.append(1)
        if len(attempts) == 2:
            twice.set()
        raise ValueError("broken")

    monkeypatch.setattr(jobs, "INTERVAL", 0.001)
    monkeypatch.setattr(jobs, "jobs", [jobs.Job("broken", fail, lambda: None)])

    stop = jobs.start_scheduler(app)

    assert twice.wait(10)
    stop.set()


def test_no_process_is_forked_while_a_job_runs(app, harbour, monkeypatch):
    started, go_on = Event(), Event()
    log = []

    def slow():
        started.set()
        go_on.wait(10)
        log.append("job")
        return False

    monkeypatch.setattr(jobs, "INTERVAL", 0.001)
    monkeypatch.setattr(jobs, "jobs", [jobs.Job("slow", slow, lambda: None)])
    stop = jobs.start_scheduler(app)
    assert started.wait(10)
    stop.set()
    go_on.set()

    if (child := os.fork()) == 0:
        os._exit(0)
    log.append("fork")
    os.waitpid(child, 0)

    assert log == ["job", "fork"]

"""Terms that end by themselves, whether or not anybody is looking."""

import os
from threading import Event

import pytest
from sqlalchemy import update

from board.articles.models import Article
from board.db import db
from board.runtime import jobs


@pytest.fixture
def closing(harbour, monkeypatch):
    """A term under which the harbour's thread is closed once."""

    def run():
        db.session.execute(update(Article).values(closed_for="over"))

    task = jobs.Job("closing", lambda: db.session.get(Article, harbour.id).closed_for == "", run)
    monkeypatch.setattr(jobs, "jobs", [task])


def test_what_is_due_is_done_once(harbour, closing):
    assert jobs.run_pending() == ["closing"]
    assert jobs.run_pending() == []
    db.session.expire_all()
    assert harbour.closed_for == "over"


def test_an_operator_may_do_it_from_cron(app, harbour, closing):
    told = app.test_cli_runner().invoke(jobs.run_jobs)

    assert (told.exit_code, told.output) == (0, "closing\n")


def test_it_goes_on_after_a_task_has_failed(app, harbour, monkeypatch):
    tried, twice = [], Event()

    def fail():
        tried.append(1)
        if len(tried) == 2:
            twice.set()
        raise ValueError("broken")

    monkeypatch.setattr(jobs, "INTERVAL", 0.001)
    monkeypatch.setattr(jobs, "jobs", [jobs.Job("broken", fail, lambda: None)])

    stop = jobs.start_scheduler(app)

    assert twice.wait(10)
    stop.set()


def test_no_process_is_forked_in_the_middle_of_a_task(app, harbour, monkeypatch):
    inside, go_on = Event(), Event()
    log = []

    def slow():
        inside.set()
        go_on.wait(10)
        log.append("task")
        return False

    monkeypatch.setattr(jobs, "INTERVAL", 0.001)
    monkeypatch.setattr(jobs, "jobs", [jobs.Job("slow", slow, lambda: None)])
    stop = jobs.start_scheduler(app)
    assert inside.wait(10)
    stop.set()
    go_on.set()

    if (child := os.fork()) == 0:
        os._exit(0)
    log.append("fork")
    os.waitpid(child, 0)

    assert log == ["task", "fork"]

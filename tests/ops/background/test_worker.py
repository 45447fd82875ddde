"""The background worker sends what is queued and starts what is due, wherever it was killed."""

import sys
from datetime import timedelta
from itertools import pairwise

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from board.accounts.email import delivery, retention
from board.accounts.email import queue as email_queue
from board.accounts.email.queue import QueuedEmail
from board.accounts.verification.emails import announce_password
from board.articles.importing.run import articles_cli
from board.articles.wiring import FEEDS
from board.db import db, now, writing
from board.moderation.rulings import decisions
from board.ops.background import commands as command_module
from board.ops.background import findings as findings_module
from board.ops.background import worker as worker_module
from board.ops.background.cli import work
from board.ops.background.worker import Worker
from board.ops.doctor import doctor
from board.ops.logs import verify
from board.runtime.background import (
    INTERRUPTED,
    QueueConsumer,
    ScheduledCommand,
    TaskFailed,
    TaskRun,
    queue_consumers,
    scheduled_commands,
)
from board.runtime.lease import LeaseHolder
from conftest import NO_LIMITS, person, say

HOUR = timedelta(hours=1)


class Killed(BaseException):
    """The process ends here, as with kill -9: nothing after it is done or undone."""


@pytest.fixture
def settings():
    return {**NO_LIMITS, "ORIGIN": "http://news.example"}


@pytest.fixture
def worker(app):
    return Worker(app, holder="this", goes_on=lambda: True)


@pytest.fixture
def only(monkeypatch):
    """Leaves the worker nothing but these tasks."""

    def leave(*tasks):
        consumers = [task for task in tasks if isinstance(task, QueueConsumer)]
        commands = [task for task in tasks if isinstance(task, ScheduledCommand)]
        monkeypatch.setattr(worker_module, "queue_consumers", consumers)
        monkeypatch.setattr(command_module, "scheduled_commands", commands)
        monkeypatch.setattr(findings_module, "scheduled_commands", commands)

    return leave


@pytest.fixture
def python(monkeypatch):
    """Commands are lines of Python instead of the board's own."""
    real = command_module.subprocess.Popen

    def start(arguments, **options):
        return real([sys.executable, "-c", arguments[-1]], **options)

    monkeypatch.setattr(command_module.subprocess, "Popen", start)


def command(code, **options):
    return ScheduledCommand("test", (code,), title="tests run", **options)


def run_once(app):
    db.session.rollback()
    Worker(app, holder="once", goes_on=lambda: True).run_once()
    db.session.expire_all()


def last_run():
    db.session.rollback()
    return TaskRun.of("test")


# ---- email ----


@pytest.fixture
def three_emails(smtp_server):
    """Three people are told of a new password each; the emails are due."""
    for name in ("ada", "bora", "cho"):
        user = person(name)
        with writing():
            announce_password(user)
    with time_machine.travel(now() + timedelta(minutes=5), tick=True):
        yield smtp_server
    db.session.rollback()


def recipients(server):
    return sorted(to.partition("@")[0] for to, _message in server.messages)


def test_what_is_due_is_sent_in_one_step(worker, three_emails, only):
    only(*queue_consumers)

    worker.step()

    assert recipients(three_emails) == ["ada", "bora", "cho"]


def test_nothing_is_sent_without_the_lease(worker, three_emails, app, only):
    only(*queue_consumers)
    assert LeaseHolder(worker_module.WORKER, "other").refresh()

    worker.step()

    assert three_emails.messages == []


def test_the_worker_that_is_told_to_end_finishes_the_email_on_the_line(app, three_emails, only):
    only(*queue_consumers)
    asked = iter([True, False])
    worker = Worker(app, holder="this", goes_on=lambda: next(asked))

    worker.step()

    assert len(three_emails.messages) == 1


@pytest.mark.parametrize(
    ("step", "lost"), [("claim_next", 0), ("render", 1), ("send_message", 1), ("mark_sent", 0)]
)
def test_a_worker_killed_at_any_step_sends_nothing_twice(
    worker, three_emails, app, only, monkeypatch, step, lost
):
    """Killed just before it. Nothing is lost but the email on the line."""

    def die(*_, **__):
        raise Killed

    only(*queue_consumers)
    owner = email_queue if step in ("claim_next", "mark_sent") else delivery
    with monkeypatch.context() as patch:
        patch.setattr(owner, step, die)
        with pytest.raises(Killed):
            worker.step()
    db.session.rollback()

    assert Worker(app, holder="this", goes_on=lambda: True).step()

    assert len(three_emails.messages) == len({to for to, _ in three_emails.messages}) == 3 - lost


def test_two_workers_that_both_hold_the_lease_send_each_email_once(app, three_emails, only):
    """Clocks may lie; what is right does not depend on them."""
    only(*queue_consumers)
    first = Worker(app, holder="first", goes_on=lambda: True)
    second = Worker(app, holder="second", goes_on=lambda: True)
    first.step()
    with time_machine.travel(now() + HOUR, tick=True):
        second.step()
        first.step()

    assert recipients(three_emails) == ["ada", "bora", "cho"]


def test_a_mail_server_that_is_gone_is_asked_less_and_less_often(worker, app, only, monkeypatch):
    tries = []

    def fail(_goes_on):
        tries.append(clock[0])
        raise TaskFailed("The mail server said: no")

    clock = [1000.0]
    monkeypatch.setattr(worker_module.time, "monotonic", lambda: clock[0])
    only(QueueConsumer("test", lambda: True, fail))
    for _ in range(200):
        worker.step()
        clock[0] += 1

    assert [after - before for before, after in pairwise(tries)] == [
        1, 2, 4, 8, 16, 32, 60, 60,
    ]  # fmt: skip
    assert last_run().problem == "The mail server said: no"


def test_a_broken_queue_keeps_no_other_from_being_worked_off(worker, only):
    done = []
    broken = QueueConsumer("broken", lambda: True, lambda _: 1 / 0)
    only(broken, QueueConsumer("test", lambda: not done, lambda _: done.append(1)))

    worker.step()

    assert done == [1]
    assert TaskRun.of("broken").problem == "an error of ours (ZeroDivisionError)"


def test_a_database_that_cannot_be_used_is_asked_again_ten_seconds_later(worker, only, monkeypatch):
    tries = []

    def fail():
        tries.append(clock[0])
        raise OperationalError("SELECT", {}, Exception("disk I/O error"))

    clock = [1000.0]
    monkeypatch.setattr(worker_module.time, "monotonic", lambda: clock[0])
    only(QueueConsumer("test", fail, lambda _: None))
    for _ in range(25):
        worker.step()
        clock[0] += 1

    assert tries == [1000.0, 1010.0, 1020.0]


def test_old_emails_are_deleted_though_none_is_sent(three_emails):
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        assert not retention.has_old()  # they still wait
    with time_machine.travel(now() + timedelta(days=29), tick=True):
        delivery.send_due()
        assert not retention.has_old()
    with time_machine.travel(now() + timedelta(days=31), tick=True):
        assert retention.has_old()
        with writing():
            retention.delete_old()
        assert not retention.has_old()
    assert db.session.scalars(select(QueuedEmail)).all() == []


# ---- scheduled commands ----


def test_a_command_runs_when_it_is_due_and_not_before(app, only, python):
    only(command("pass"))
    ran = []
    for hours in (0, 23, 25):
        with time_machine.travel(now() + hours * HOUR, tick=True):
            run_once(app)
            ran.append(last_run().started_at)

    assert ran[0] == ran[1] < ran[2]
    assert (last_run().problem, last_run().succeeded_at >= ran[2]) == ("", True)


def test_one_that_failed_says_why_and_is_tried_again_an_hour_later(app, only, python):
    only(command("import sys; sys.exit('first line\\nNo space left.')"))
    ran = []
    for minutes in (0, 59, 61):
        with time_machine.travel(now() + timedelta(minutes=minutes), tick=True):
            run_once(app)
            ran.append(last_run().started_at)

    assert ran[0] == ran[1] < ran[2]
    assert (last_run().problem, last_run().succeeded_at) == ("No space left.", None)


def test_no_email_address_is_kept_of_what_it_said(app, only, python, caplog):
    said = "{'te' 'ss@harbour.example': (550, b'<x@y.example> no')}"
    only(command(f"import sys; sys.exit({said})"))

    run_once(app)

    assert last_run().problem == "{'…@…': (550, b'<…@…> no')}"
    assert "tess" not in caplog.text


def test_one_that_fails_without_a_word_is_told_by_its_status(app, only, python):
    only(command("raise SystemExit(3)"))

    run_once(app)

    assert last_run().problem == "it ended with status 3"


def test_one_that_was_killed_was_interrupted(app, only, python):
    only(command("import os; os.kill(os.getpid(), 9)"))

    run_once(app)

    assert last_run().problem == INTERRUPTED


def test_a_worker_killed_while_a_command_runs_does_not_start_it_twice(app, only, python):
    only(command("pass"))
    assert TaskRun.begin(command("pass"))  # and was killed
    begun = last_run().started_at

    run_once(app)

    assert (last_run().started_at, last_run().problem) == (begun, INTERRUPTED)


def test_two_workers_start_a_command_once(app):
    assert [TaskRun.begin(command("pass")) for _ in range(2)] == [True, False]


def test_a_command_begun_by_a_clock_that_was_wrong_runs_again(app):
    with time_machine.travel(now() + 24 * HOUR):
        assert TaskRun.begin(command("pass"))

    assert TaskRun.begin(command("pass"))


def test_a_command_that_takes_too_long_is_killed(app, only, python, monkeypatch):
    monkeypatch.setattr(command_module.RunningCommand, "is_too_long", True)
    only(command("import signal; signal.pause()"))

    run_once(app)

    assert last_run().problem == INTERRUPTED


def test_a_worker_that_ends_ends_its_commands(app, worker, only, python):
    only(command("import signal; signal.pause()"))
    worker._next_command = 0.0
    worker.step()
    (running,) = worker._commands._running

    worker.stop()

    assert running.process.poll() == -15
    assert last_run().problem == INTERRUPTED


@pytest.mark.parametrize(
    ("begun", "asked", "over"),
    [
        ("2026-12-01 09:10", "2026-12-01 14:59", False),
        ("2026-12-01 09:10", "2026-12-01 15:00", True),
        ("2026-12-01 15:10", "2026-12-02 08:59", False),
        ("2026-12-01 15:10", "2026-12-02 09:00", True),
    ],
)
def test_a_command_for_certain_hours_runs_then(app, begun, asked, over):
    """Of the newsroom, nine hours ahead of UTC."""
    twice = command("pass", hours=(9, 15))
    with time_machine.travel(f"{begun}+09:00", tick=False):
        assert TaskRun.begin(twice)
        TaskRun.end("test")

    with time_machine.travel(f"{asked}+09:00", tick=False):
        assert twice.is_over(last_run()) is over


# ---- feeds, cron and doctor ----


def test_feeds_are_imported_when_there_are_some_every_fifteen_minutes(app):
    assert not FEEDS.is_due()
    app.config["FEEDS"] = ("https://news.example/rss",)

    assert FEEDS.is_due()
    assert FEEDS.every() == timedelta(minutes=15)


def test_an_import_without_a_source_takes_the_feeds_of_the_settings(app, tmp_path):
    feed = tmp_path / "feed.json"
    feed.write_text('[{"url": "https://news.example/a", "title": "A", "html": "<p>B</p>"}]')
    run = app.test_cli_runner().invoke
    app.config["FEEDS"] = (str(feed),)
    assert run(articles_cli, ["import"]).output.startswith(f"{feed}: 1 new, ")

    app.config["FEEDS"] = ()
    assert "Name a SOURCE, or set BOARD_FEEDS." in run(articles_cli, ["import"]).output


def test_the_board_has_these_tasks(app):
    assert [consumer.name for consumer in queue_consumers] == [
        "emails", "identity providers", "kakao unlinking", "digests", "webhooks",
    ]  # fmt: skip
    assert [each.name for each in scheduled_commands] == [
        "feeds", "staff alerts", "tips", "tip emails", "backup", "logs",
    ]  # fmt: skip


def test_cron_does_all_that_is_due(app, three_emails, only, python):
    only(*queue_consumers, command("pass"))

    result = app.test_cli_runner().invoke(work, ["--once"])

    assert (result.exit_code, result.output) == (0, "")
    assert len(three_emails.messages) == 3
    assert last_run().succeeded_at is not None


def test_cron_leaves_the_rest_to_the_server(app, three_emails, only):
    only(*queue_consumers)
    assert LeaseHolder(worker_module.WORKER, "server").refresh()

    result = app.test_cli_runner().invoke(work, ["--once"])

    assert (result.exit_code, result.output) == (0, "")
    assert three_emails.messages == []


def said(app, minutes=0):
    """What `doctor` says of the worker, in so many minutes."""
    db.session.rollback()
    with time_machine.travel(now() + timedelta(minutes=minutes), tick=True):
        lines = app.test_cli_runner().invoke(doctor).output.splitlines()
    return [line for line in lines if any(word in line for word in ("worker", "tests", "emails"))]


def test_doctor_says_that_no_worker_has_run(app, only):
    only()
    advice = "start `serve`, or run `work --once` from cron"

    assert said(app) == [f"ok  the background worker has never run: {advice}"]


@pytest.mark.parametrize(("minutes", "begin"), [(14, "ok "), (16, "BAD")])
def test_doctor_fails_when_no_worker_ran_for_a_quarter_of_an_hour(app, only, minutes, begin):
    only()
    run_once(app)
    advice = ": start `serve`, or run `work --once` from cron" if begin == "BAD" else ""

    assert said(app, minutes) == [
        f"{begin} the background worker last ran {minutes} minutes ago{advice}"
    ]


@pytest.mark.slow
def test_doctor_says_when_a_command_last_succeeded_and_fails_when_it_is_late(app, only, python):
    only(command("pass", every=lambda: HOUR))
    assert said(app)[1:] == ["ok  tests run: not run yet"]
    run_once(app)

    assert said(app, 60)[1:] == ["ok  tests run: last 60 minutes ago"]
    assert said(app, 181)[1:] == [
        "BAD tests run: last 3 hours ago: run `pass` and see what it says"
    ]


@pytest.mark.slow
def test_doctor_says_that_a_command_failed_and_why(app, only, python):
    only(command("import sys; sys.exit('No space left.')"))
    run_once(app)

    assert said(app)[1:] == ["BAD tests run: the last run failed: No space left."]


def test_doctor_knows_a_command_that_runs_from_one_that_was_interrupted(app, only):
    only(command("pass"))
    TaskRun.begin(command("pass"))
    interrupted = f"BAD tests run: the last run failed: {INTERRUPTED}"

    assert said(app)[1:] == ["ok  tests run: running for the first time"]
    assert said(app, 61)[1:] == [interrupted]


def test_doctor_says_what_the_mail_server_said(app, three_emails, only, worker):
    only(*queue_consumers)
    app.config["MAIL_SERVER"] = "smtp://127.0.0.1:9"
    worker.step()

    (sentence,) = (line for line in said(app) if line.startswith("BAD"))
    assert sentence.startswith("BAD emails: The mail server said: ")
    assert "refused" in sentence


def test_doctor_leaves_out_what_is_not_set_up(app, only):
    only(FEEDS)

    assert "feeds imported" not in app.test_cli_runner().invoke(doctor).output


# ---- all logs ----


def test_the_operator_verifies_every_log(app, ada, harbour, mo):
    comment = say(harbour, ada, "A")
    with writing():
        decisions.hide(comment, by=mo, reason="abuse")
    run = app.test_cli_runner().invoke
    assert run(verify).output == "4 logs, unaltered.\n"
    with writing():
        db.session.execute(text("DROP TRIGGER ruling_no_update"))
        db.session.execute(text("UPDATE ruling SET reason = 'spam'"))

    assert run(verify).output.startswith("Error: Entry 1 of the log of rulings is not as it was ")

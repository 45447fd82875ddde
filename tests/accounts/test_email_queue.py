"""The order and pace in which emails leave: codes before everything, and nobody is hurried."""

import os
import signal
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select, text

from accounts.conftest import Mailboxes, sign_up
from board.accounts.email import delivery
from board.accounts.email import queue as email_queue
from board.accounts.email.pace import DomainPause
from board.accounts.email.queue import EmailText, EmailType, QueuedEmail, Rank, email_types
from board.accounts.models import User
from board.db import close_connections, db, now, writing
from board.ops.background.worker import Worker
from board.runtime.background import TaskFailed
from conftest import count_queries, person
from support.fake_smtp import FakeSmtpServer

SORA = "sora@harbour.example"
MINUTE = timedelta(minutes=1)
Send = Callable[..., int]


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    """An email of each rank but codes, always wanted."""
    for rank in tuple(Rank)[1:]:
        kind = EmailType(lambda email: EmailText("A", "B\n"), lambda email: True, rank=rank)
        monkeypatch.setitem(email_types, rank.name, kind)


@pytest.fixture
def send(mail: Mailboxes) -> Iterator[Send]:
    """Sends what is due, so many minutes after now."""
    with time_machine.travel(now(), tick=False) as clock:
        start = now()

        def run(minutes: float = 0) -> int:
            clock.move_to(start + minutes * MINUTE)
            db.session.rollback()
            return delivery.send_due() if email_queue.has_due() else 0

        yield run


@pytest.fixture
def arrived(smtp_server: FakeSmtpServer) -> Callable[[], list[str]]:
    return lambda: [to for to, _message in smtp_server.messages]


def queue(rank: Rank, *, to: str, about: int = 0) -> None:
    with writing():
        email_queue.enqueue_at_once(rank.name, about, to=to, language="ko")


@pytest.mark.slow
def test_emails_leave_by_rank_and_then_in_the_order_they_became_due(
    app: Flask, send: Send, arrived: Callable[[], list[str]]
) -> None:
    expected = []
    for rank in reversed(tuple(Rank)[1:]):
        for number in range(2):
            queue(rank, to=f"{rank.name}{number}@pier.example", about=number)
        expected = [f"{rank.name}{number}@pier.example" for number in range(2)] + expected
    sign_up(app.test_client())

    assert send() == 11
    assert arrived() == [SORA, *expected]


def test_no_more_leave_in_a_minute_than_the_setting_says_but_a_code_leaves_at_once(
    app: Flask, send: Send, arrived: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_PER_MINUTE", 3)
    for number in range(6):
        queue(Rank.DIGEST, to=f"{number}@pier.example", about=number)

    assert (send(), send(0.5)) == (3, 0)
    sign_up(app.test_client())
    assert send(0.6) == 1
    assert arrived()[3:] == [SORA]
    # The code counts: until its minute is over there is place for two.
    assert (send(1.1), send(1.5), send(1.7)) == (2, 0, 1)
    assert len(arrived()) == len(set(arrived())) == 7


@pytest.mark.slow
def test_no_limit_is_no_limit(app: Flask, send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "MAIL_PER_MINUTE", 0)
    for number in range(130):
        queue(Rank.DIGEST, to=f"{number}@pier.example", about=number)

    assert send() == 130


def test_emails_sent_by_a_clock_that_was_wrong_do_not_count(
    app: Flask, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAIL_PER_MINUTE", 1)
    queue(Rank.DIGEST, to="a@pier.example", about=1)
    queue(Rank.DIGEST, to="b@pier.example", about=2)

    assert send(60) == 1
    assert send(0) == 1


def test_a_domain_that_takes_nothing_now_waits_a_quarter_of_an_hour_and_no_other_does(
    smtp_server: FakeSmtpServer, send: Send, arrived: Callable[[], list[str]]
) -> None:
    smtp_server.answers_for["slow.example"] = "451 Slow down"
    for number in range(3):
        queue(Rank.DIGEST, to=f"{number}@slow.example", about=number)
        queue(Rank.NEWS, to=f"{number}@pier.example", about=number)

    send()
    assert arrived() == [f"{number}@pier.example" for number in range(3)]
    tries = select(QueuedEmail.tries).where(QueuedEmail.kind == "DIGEST").order_by(QueuedEmail.id)
    assert list(db.session.scalars(tries)) == [1, 0, 0]

    smtp_server.answers_for.clear()
    queue(Rank.LAW, to="4@slow.example", about=4)
    assert send(14.9) == 0
    assert send(15) == 4
    assert sorted(arrived()[3:]) == [f"{number}@slow.example" for number in (0, 1, 2, 4)]


def test_an_address_that_is_refused_for_good_stops_no_other_of_its_domain(
    smtp_server: FakeSmtpServer, send: Send
) -> None:
    smtp_server.answers_for["pier.example"] = "550 No such reader"
    for number in range(2):
        queue(Rank.DIGEST, to=f"{number}@pier.example", about=number)

    send()
    assert db.session.scalars(select(QueuedEmail.tries)).all() == [1, 1]
    assert db.session.scalars(select(DomainPause)).all() == []


def test_pauses_end_that_are_over_or_were_begun_by_a_clock_that_was_wrong(
    smtp_server: FakeSmtpServer, send: Send
) -> None:
    for minutes, domain in ((60 * 24, "wrong.example"), (0, "over.example"), (60, "on.example")):
        smtp_server.answers_for = {domain: "451 Slow down"}
        queue(Rank.DIGEST, to=f"a@{domain}", about=minutes)
        send(minutes)
    assert db.session.scalars(select(DomainPause.domain)).all() == ["on.example"]


def test_a_server_that_ends_the_connection_gets_nothing_more_on_it(
    smtp_server: FakeSmtpServer, send: Send
) -> None:
    smtp_server.answers_for["pier.example"] = "421 Too many from you"
    queue(Rank.LAW, to="a@pier.example")
    queue(Rank.DIGEST, to="b@harbour.example")

    with pytest.raises(TaskFailed, match="Too many from you"):
        send()
    rows = db.session.execute(select(QueuedEmail.tries, QueuedEmail.sent_at)).all()
    assert [tuple(row) for row in rows] == [(1, None), (0, None)]
    assert send() == 1


def test_a_code_that_was_held_up_for_ten_minutes_is_thrown_away(
    app: Flask, smtp_server: FakeSmtpServer, send: Send
) -> None:
    smtp_server.answers_for["harbour.example"] = "451 Slow down"
    sign_up(app.test_client())
    send()
    smtp_server.answers_for.clear()

    assert send(15) == 0
    assert smtp_server.messages == []
    assert db.session.scalars(select(QueuedEmail)).all() == []


@pytest.mark.slow
def test_the_owner_of_an_address_is_told_once_a_day_that_there_is_an_account(
    app: Flask, mail: Mailboxes, member: Callable[..., User]
) -> None:
    known, unknown, told = member("ada").email, "eve@harbour.example", []
    with time_machine.travel(now(), tick=False) as clock:
        for hours in (0, 1, 22, 2):
            clock.shift(timedelta(hours=hours))
            assert answer(app, known) == answer(app, unknown)
            told.append(mail.subjects(known))

    assert told == [["이미 가입된 이메일입니다"]] * 3 + [["이미 가입된 이메일입니다"] * 2]


def answer(app: Flask, address: str) -> tuple[int, bytes, int]:
    """What a person sees who signs up, and how many statements it took."""
    client = app.test_client()
    client.get("/sign-up")
    with count_queries() as statements:
        answer = sign_up(client, email=address)
    return answer.status_code, answer.data, len(statements)


def test_another_code_for_the_same_sign_up_is_no_second_notice(
    app: Flask, mail: Mailboxes, member: Callable[..., User]
) -> None:
    ada, client = member("ada"), app.test_client()
    sign_up(client, email=ada.email)
    assert len(mail.of(ada.email)) == 1
    with time_machine.travel(now() + 2 * MINUTE):
        client.post("/verify/again")
        assert len(mail.of(ada.email)) == 1


def test_the_next_email_is_found_without_reading_those_that_wait(app: Flask) -> None:
    statement = email_queue._next_id(now()).compile(
        db.engine, compile_kwargs={"literal_binds": True}
    )
    plan = [row[3] for row in db.session.execute(text(f"EXPLAIN QUERY PLAN {statement}"))]

    assert plan[0].startswith("SEARCH letter USING INDEX ix_letter_next")
    assert not any("TEMP B-TREE" in step for step in plan)


# ---- killed ----


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def afterwards(function: Callable[..., Any]) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> None:
        function(*args, **kwargs)
        die()

    return run


def die_in_write(*_: Any, **__: Any) -> None:
    db.session.flush()
    die()


STEPS = {
    "before it is claimed": (email_queue, "claim_next", lambda _: die, 0),
    "in the write that claims it": (email_queue, "_claim", afterwards, 0),
    "before its text is made": (delivery, "render", lambda _: die, 1),
    "before it is on the line": (delivery, "send_message", lambda _: die, 1),
    "after it has arrived": (delivery, "send_message", afterwards, 0),
    "in the write that marks it": (email_queue, "mark_sent", lambda _: die_in_write, 0),
}


@pytest.mark.slow
@pytest.mark.parametrize("step", STEPS)
def test_a_process_killed_at_any_step_sends_none_twice_and_loses_none_but_that_on_the_line(
    app: Flask,
    mail: Mailboxes,
    arrived: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    owner, name, kill, lost = STEPS[step]
    for number in range(3):
        queue(Rank.DIGEST, to=f"{number}@pier.example", about=number)
    close_connections()
    if (child := os.fork()) == 0:
        monkeypatch.setattr(owner, name, kill(getattr(owner, name)))
        Worker(app, holder="this", goes_on=lambda: True).step()
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

    Worker(app, holder="this", goes_on=lambda: True).step()
    assert len(arrived()) == len(set(arrived())) == 3 - lost


def test_a_process_killed_after_a_refusal_loses_that_email_only(
    app: Flask,
    mail: Mailboxes,
    smtp_server: FakeSmtpServer,
    arrived: Callable[[], list[str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    smtp_server.answers_for["slow.example"] = "451 Slow down"
    queue(Rank.LAW, to="a@slow.example")
    queue(Rank.DIGEST, to="b@pier.example")
    close_connections()
    if (child := os.fork()) == 0:
        monkeypatch.setattr(delivery.pace, "pause_domain", die)
        Worker(app, holder="this", goes_on=lambda: True).step()
        os._exit(0)
    os.waitpid(child, 0)
    smtp_server.answers_for.clear()

    Worker(app, holder="this", goes_on=lambda: True).step()
    assert arrived() == ["b@pier.example"]


def test_two_workers_that_claim_at_once_get_an_email_each(app: Flask, mail: Mailboxes) -> None:
    person("ada")
    for number in range(2):
        queue(Rank.DIGEST, to=f"{number}@pier.example", about=number)
    claimed = []
    for _ in range(3):
        with writing():
            email = email_queue.claim_next()
            claimed.append(email and email.address)
        close_connections()

    assert claimed == ["0@pier.example", "1@pier.example", None]

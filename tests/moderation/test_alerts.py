"""Moderators are told that something new waits, as often as they chose, once, and without a word of
what was written."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event, func, select

from board.accounts.email import delivery
from board.accounts.email import queue as email_queue
from board.accounts.email.frequency import Frequency
from board.accounts.email.queue import QueuedEmail
from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db, now, writing
from board.db.clock import today
from board.law.authorities import orders
from board.law.claims.workflow import receive_claim
from board.moderation import queue
from board.moderation.alerts import emails
from board.moderation.alerts.kinds import alert_kinds
from board.moderation.alerts.models import AlertSubscription, choose, chosen_by
from board.moderation.queue import Queue
from board.moderation.reports import models as reports
from board.moderation.rulings.decisions import keep
from board.moderation.threads.surges import Surge
from conftest import NO_LIMITS, person, said, say
from support.fake_smtp import FakeSmtpServer

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
START = "2026-12-01 10:10+09:00"
Wait = Callable[[timedelta], list[str]]


@pytest.fixture
def settings() -> dict[str, Any]:
    return {**NO_LIMITS, "ORIGIN": "http://localhost"}


@pytest.fixture
def wait(app: Flask, smtp_server: FakeSmtpServer) -> Iterator[Wait]:
    """Lets so much time pass, and says to whom emails were sent meanwhile."""
    with time_machine.travel(START, tick=False) as clock:

        def run(time: timedelta) -> list[str]:
            before = len(smtp_server.messages)
            end, step = now() + time, max(MINUTE / 6, time / 20)
            while now() < end:
                clock.shift(min(step, end - now()))
                if emails.is_due():
                    with writing():
                        emails.run()
                if email_queue.has_due():
                    delivery.send_due()
                db.session.rollback()
            return [to.partition("@")[0] for to, _message in smtp_server.messages[before:]]

        yield run


@pytest.fixture
def comment(wait: Wait, harbour: Article, ada: User) -> Comment:
    return say(harbour, ada, "A remark about Kim")


def subscribe(user: User, **chosen: Frequency) -> None:
    """As it was chosen a second ago, for the clock stands still."""
    with writing():
        choose(user, chosen)
        db.session.flush()
        for row in db.session.scalars(AlertSubscription.of(user)):
            row.told_until -= timedelta(seconds=1)


def hold(comment: Comment) -> None:
    with writing():
        comment._set_held(reason="word")
        queue.enqueue(comment, Queue.HELD, reason="word")


def report(comment: Comment, by: User) -> None:
    with writing():
        reports.report(comment, by=by, reason="abuse", note="a note of Kim", queue_weight=0)


def claim(comment: Comment) -> None:
    with writing():
        receive_claim(
            comment, name="Kim", contact="010-0000-0000", kind="privacy", sentence="A",
            text="B", wish="block", requester="person",
        )  # fmt: skip


def order(comment: Comment, mo: User, deadline_at: datetime) -> None:
    with writing():
        orders.register(
            [comment], by=mo, kind="court", body="Kim", number="1", items="A",
            received_at=now(), deadline_at=deadline_at,
        )  # fmt: skip


def surge(article: Article) -> None:
    with writing():
        db.session.add(Surge(article_id=article.id, began_at=now(), counts={}))


HAPPEN: dict[str, Callable[[Comment, User], None]] = {
    "orders": lambda comment, mo: order(comment, mo, now() + 3 * HOUR * 24),
    "claims": lambda comment, mo: claim(comment),
    "surges": lambda comment, mo: surge(comment.article),
    "reports": lambda comment, mo: report(comment, mo),
    "held": lambda comment, mo: hold(comment),
}


@pytest.mark.slow
@pytest.mark.parametrize("kind", HAPPEN)
def test_a_moderator_is_told_of_what_they_chose_and_of_nothing_else(
    app: Flask,
    wait: Wait,
    comment: Comment,
    mo: User,
    kind: str,
    smtp_server: FakeSmtpServer,
) -> None:
    other = person("min", can_moderate=True)
    subscribe(mo, **{kind: Frequency.AT_ONCE})
    subscribe(other, **{each: Frequency.AT_ONCE for each in alert_kinds if each != kind})
    HAPPEN[kind](comment, mo)

    assert wait(2 * MINUTE) == ["mo"]
    ((_to, message),) = smtp_server.messages
    assert message["Subject"] == "[전체댓글] 새로 처리할 일이 있습니다"
    text = message.get_content()
    page = app.test_client()
    (link,) = re.findall(r"\(1\): http://localhost(/desk/\S+)", text)
    assert page.get(link).location.startswith("/sign-in?next=")
    assert not re.search("Kim|remark|note|ada|harbour", text)
    assert wait(2 * HOUR) == []


def test_ten_events_in_a_minute_are_one_email(
    wait: Wait, harbour: Article, ada: User, mo: User, smtp_server: FakeSmtpServer
) -> None:
    subscribe(mo, held=Frequency.AT_ONCE, reports=Frequency.AT_ONCE)
    sent = []
    for number in range(10):
        comment = say(harbour, ada, f"Remark {number}")
        hold(comment) if number % 2 else report(comment, mo)
        sent += wait(5 * timedelta(seconds=1))

    assert (sent, wait(HOUR)) == ([], ["mo"])
    assert re.findall(r"\((\d)\)", smtp_server.messages[0][1].get_content()) == ["5", "5"]


@pytest.mark.slow
def test_what_happens_later_is_another_email(
    wait: Wait, harbour: Article, ada: User, mo: User
) -> None:
    subscribe(mo, held=Frequency.AT_ONCE)
    for number in range(3):
        hold(say(harbour, ada, f"Remark {number}"))
        assert wait(5 * MINUTE) == ["mo"]
    assert wait(HOUR) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("frequency", "minutes"), [(Frequency.HOURLY, 50), (Frequency.DAILY, 22 * 60 + 20)]
)
def test_hourly_and_daily_ones_leave_at_their_time(
    wait: Wait, harbour: Article, ada: User, mo: User, frequency: Frequency, minutes: int
) -> None:
    """On the hour, and at 8:30 in the newsroom. It is ten past ten."""
    subscribe(mo, held=frequency)
    hold(say(harbour, ada, "A"))
    assert wait((minutes - 1) * MINUTE) == []
    assert wait(2 * MINUTE) == ["mo"]
    assert wait(10 * MINUTE) == []

    hold(say(harbour, ada, "B"))
    assert wait(20 * MINUTE) == []


def test_one_email_tells_of_all_that_was_chosen(
    wait: Wait, harbour: Article, ada: User, mo: User
) -> None:
    subscribe(mo, held=Frequency.HOURLY, reports=Frequency.AT_ONCE)
    hold(say(harbour, ada, "A"))
    report(say(harbour, ada, "B"), mo)

    assert wait(2 * MINUTE) == ["mo"]
    assert wait(3 * HOUR) == []


@pytest.mark.slow
def test_of_a_claim_and_an_order_it_reminds_four_hours_before_the_time_is_over(
    wait: Wait, comment: Comment, mo: User
) -> None:
    subscribe(mo, claims=Frequency.AT_ONCE, orders=Frequency.AT_ONCE)
    claim(comment)
    assert wait(5 * MINUTE) == ["mo"]
    order(comment, mo, now() + 40 * HOUR)
    assert wait(5 * MINUTE) == ["mo"]

    assert wait(19 * HOUR) == []
    assert wait(HOUR) == ["mo"]
    assert wait(15 * HOUR) == []
    assert wait(HOUR) == ["mo"]
    assert wait(10 * HOUR) == []


def test_what_was_decided_meanwhile_is_not_told(
    wait: Wait, comment: Comment, harbour: Article, ada: User, mo: User
) -> None:
    subscribe(mo, held=Frequency.AT_ONCE)
    hold(comment)
    with writing():
        keep(comment, by=mo)
    assert wait(5 * MINUTE) == []

    other = say(harbour, ada, "Another")
    hold(other)
    wait(MINUTE - timedelta(seconds=1))
    with time_machine.travel(now() + timedelta(seconds=2), tick=False):
        assert emails.is_due()
        with writing():
            emails.run()
        with writing():
            keep(other, by=mo)
        assert delivery.send_due() == 0


def test_nobody_is_told_of_what_was_before_they_chose(
    wait: Wait, comment: Comment, mo: User
) -> None:
    hold(comment)
    wait(2 * MINUTE)
    subscribe(mo, held=Frequency.AT_ONCE)
    assert wait(HOUR) == []
    subscribe(mo, held=Frequency.HOURLY)
    assert wait(2 * HOUR) == []


def test_who_moderates_no_more_is_told_nothing(wait: Wait, comment: Comment, mo: User) -> None:
    subscribe(mo, held=Frequency.AT_ONCE)
    with writing():
        mo.revoke("can_moderate")
    hold(comment)
    assert wait(HOUR) == []


@pytest.mark.slow
def test_nothing_is_lost_while_the_mail_server_is_away_and_one_email_waits(
    app: Flask, wait: Wait, harbour: Article, ada: User, mo: User, smtp_server: FakeSmtpServer
) -> None:
    subscribe(mo, held=Frequency.AT_ONCE)
    hold(say(harbour, ada, "A"))
    smtp_server.answers_for["harbour.example"] = "451 Later"
    assert wait(5 * MINUTE) == []
    hold(say(harbour, ada, "B"))
    assert wait(5 * MINUTE) == []
    assert db.session.scalar(select(func.count()).select_from(QueuedEmail)) == 1
    smtp_server.answers_for.clear()

    assert wait(HOUR) == ["mo"]
    assert "(2)" in smtp_server.messages[0][1].get_content()


def test_two_servers_that_look_at_once_queue_one_email(
    wait: Wait, comment: Comment, mo: User
) -> None:
    """The second asks again inside its write, and finds that all is told."""
    subscribe(mo, held=Frequency.AT_ONCE)
    hold(comment)
    with time_machine.travel(now() + 2 * MINUTE, tick=False):
        assert emails.is_due()
        for _ in range(2):
            with writing():
                if emails.is_due():
                    emails.run()
        assert db.session.scalar(select(func.count()).select_from(QueuedEmail)) == 1


def test_a_time_written_by_a_wrong_clock_hides_nothing(
    wait: Wait, comment: Comment, mo: User
) -> None:
    subscribe(mo, held=Frequency.AT_ONCE)
    with writing():
        db.session.get_one(AlertSubscription, (mo.id, "held")).told_until = now() + 9000 * HOUR
    hold(comment)
    assert wait(2 * MINUTE) == ["mo"]


def test_one_click_in_the_mail_program_ends_them(
    wait: Wait, comment: Comment, mo: User, guest: FlaskClient, smtp_server: FakeSmtpServer
) -> None:
    subscribe(mo, held=Frequency.AT_ONCE, claims=Frequency.DAILY)
    hold(comment)
    wait(2 * MINUTE)
    message = smtp_server.messages[0][1]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = message["List-Unsubscribe"].strip("<>").removeprefix("http://localhost")
    guest.post(link, data={"List-Unsubscribe": "One-Click"}, headers={"Sec-Fetch-Site": None})

    assert (chosen_by(mo), mo.mail) == ({}, "all")


def test_who_leaves_takes_the_choice_along(app: Flask, mo: User) -> None:
    subscribe(mo, held=Frequency.DAILY)
    with writing():
        mo.delete_account(on=today())
    assert db.session.scalar(select(func.count()).select_from(AlertSubscription)) == 0


@pytest.mark.parametrize("kind", HAPPEN)
def test_new_events_are_found_from_an_index(app: Flask, mo: User, kind: str) -> None:
    statements: list[tuple[str, Any]] = []
    event.listen(db.engine, "before_cursor_execute", lambda *a: statements.append((a[2], a[3])))
    alert_kinds[kind].first_event(now() - HOUR, now())
    plans = []
    for statement, parameters in [each for each in statements if "min(" in each[0]]:
        rows = db.session.connection().exec_driver_sql(
            f"EXPLAIN QUERY PLAN {statement}", parameters
        )
        plans += [row[3] for row in rows if row[3].startswith(("SEARCH", "SCAN"))]
    assert len(plans) == len(alert_kinds[kind].moments)
    assert all(plan.startswith("SEARCH") for plan in plans), plans


# ---- the page ----


def test_the_page_stores_the_choice_and_shows_it(
    as_: Callable[[User], FlaskClient], mo: User
) -> None:
    client = as_(mo)
    off = dict.fromkeys(alert_kinds, "off")
    answer = client.post("/desk/alerts", data={**off, "claims": "at_once", "held": "daily"})

    assert said(answer) == "운영 알림 설정을 저장했습니다."
    assert chosen_by(mo) == {"claims": Frequency.AT_ONCE, "held": Frequency.DAILY}
    page = client.get("/desk/alerts").text
    assert len(re.findall("<option selected", page)) == len(alert_kinds)
    client.post("/desk/alerts", data=off)
    assert chosen_by(mo) == {}


@pytest.mark.parametrize("value", ["", "weekly", "AT_ONCE", "x" * 500])
def test_what_is_no_choice_is_refused_and_changes_nothing(
    as_: Callable[[User], FlaskClient], mo: User, value: str
) -> None:
    subscribe(mo, held=Frequency.DAILY)
    data = {**dict.fromkeys(alert_kinds, "off"), "claims": value}
    assert as_(mo).post("/desk/alerts", data=data).status_code == 422
    assert chosen_by(mo) == {"held": Frequency.DAILY}


def test_readers_and_editors_have_no_such_page(
    as_: Callable[[User], FlaskClient], ada: User, tess: User
) -> None:
    for user in (ada, tess):
        assert as_(user).post("/desk/alerts", data={}).status_code == 403
        assert as_(user).get("/desk/alerts").status_code == 403

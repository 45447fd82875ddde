"""Idle sessions: who of the staff does nothing for half an hour signs in again, and goes on."""

from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from board.accounts.auth.current_user import BACKGROUND
from board.accounts.models import Session, User
from board.articles.models import Article
from board.db import db, now
from board.db.write_lock import LockTimeout
from conftest import said, say

MINUTE = timedelta(minutes=1)
QUEUE = "/desk/comments?q=words"
Clock = time_machine.Traveller


@pytest.fixture
def clock() -> Iterator[Clock]:
    with time_machine.travel(now(), tick=False) as clock:
        yield clock


@pytest.fixture
def desk(as_: Callable[[User], FlaskClient], clock: Clock, mo: User) -> FlaskClient:
    """The browser of mo, in use until now."""
    return as_(mo)


def test_after_30_idle_minutes_the_desk_asks_to_sign_in_and_leads_back(
    desk: FlaskClient, clock: Clock
) -> None:
    clock.shift(29 * MINUTE)
    assert desk.get(QUEUE).status_code == 200

    clock.shift(30 * MINUTE)
    answer = desk.get(QUEUE)

    assert (answer.status_code, answer.location) == (
        303,
        "/sign-in?next=/desk/comments?q%3Dwords&notice=idle",
    )
    assert said(answer, "en") == (
        "You were signed out after 30 minutes without activity. Sign in to go back."
    )
    page = desk.get(answer.location).text
    assert "30분 동안" in page and 'value="/desk/comments?q=words"' in page


def test_the_session_that_ended_opens_nothing_of_the_account_either(
    desk: FlaskClient, clock: Clock
) -> None:
    clock.shift(30 * MINUTE)

    assert desk.get("/account").location == "/sign-in?next=/account&notice=idle"
    assert "/sign-out" not in desk.get("/").text


def test_what_was_written_in_the_meantime_is_on_the_page_that_says_so(
    desk: FlaskClient, clock: Clock, harbour: Article, ada: User
) -> None:
    comment = say(harbour, ada, "Words")
    clock.shift(31 * MINUTE)

    answer = desk.post(
        f"/comments/{comment.id}/hide",
        data={"reason": "abuse", "note": "세 번째 경고"},
        headers={"Referer": f"http://localhost{QUEUE}"},
    )

    assert (answer.status_code, comment.hidden_for) == (401, None)
    assert "30분 동안" in answer.text and "세 번째 경고" in answer.text
    assert 'href="/sign-in?next=/desk/comments?q%3Dwords"' in answer.text


def test_the_way_back_never_leads_to_another_site(desk: FlaskClient, clock: Clock) -> None:
    clock.shift(31 * MINUTE)
    for referrer in ("https://evil.example/desk", "http://localhost//evil.example", "http://["):
        answer = desk.post("/desk/people/find", headers={"Referer": referrer})
        assert answer.status_code == 401
        assert "evil" not in answer.text


def test_updates_that_the_page_asks_for_itself_keep_no_session_alive(
    desk: FlaskClient, clock: Clock
) -> None:
    for _ in range(2):
        clock.shift(14 * MINUTE)
        assert desk.get(QUEUE, headers={BACKGROUND: "yes"}).status_code == 200
    clock.shift(3 * MINUTE)
    assert desk.get(QUEUE, headers={BACKGROUND: "yes"}).status_code == 303


def test_use_is_written_down_once_a_minute(desk: FlaskClient, clock: Clock) -> None:
    def seen() -> timedelta:
        return now() - (db.session.scalars(select(Session.seen_at)).one() or now())

    clock.shift(timedelta(seconds=59))
    desk.get(QUEUE)
    assert seen() == timedelta(seconds=59)
    clock.shift(timedelta(seconds=1))
    desk.get(QUEUE)
    assert seen() == timedelta()


def test_a_clock_that_was_ahead_leaves_no_session_that_never_gets_idle(
    desk: FlaskClient, clock: Clock
) -> None:
    clock.shift(20 * MINUTE)
    desk.get(QUEUE)
    clock.shift(-20 * MINUTE)
    desk.get(QUEUE)
    clock.shift(31 * MINUTE)
    assert desk.get(QUEUE).status_code == 303


def test_a_write_lock_that_is_held_signs_nobody_out(
    desk: FlaskClient, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def held(**_: object) -> None:
        raise LockTimeout

    clock.shift(10 * MINUTE)
    with monkeypatch.context() as patch:
        patch.setattr("board.db.transaction.writing", held)
        assert desk.get(QUEUE).status_code == 200
    clock.shift(10 * MINUTE)
    assert desk.get(QUEUE).status_code == 200


def test_readers_stay_signed_in_and_only_their_day_is_written_down(
    as_: Callable[[User], FlaskClient], clock: Clock, ada: User
) -> None:
    client = as_(ada)
    clock.shift(10 * 60 * MINUTE)

    assert client.get("/account").status_code == 200
    assert db.session.scalars(select(Session.seen_at)).one() is None


def test_signing_out_of_a_session_that_is_over_deletes_it(desk: FlaskClient, clock: Clock) -> None:
    clock.shift(31 * MINUTE)

    answer = desk.post("/sign-out")

    assert (answer.status_code, answer.location) == (303, "/")
    assert db.session.scalars(select(Session)).all() == []
    assert desk.get("/desk").location == "/sign-in?next=/desk"


def test_an_idle_session_is_not_listed_as_a_device(
    desk: FlaskClient, as_: Callable[[User], FlaskClient], clock: Clock, mo: User
) -> None:
    clock.shift(20 * MINUTE)
    elsewhere = as_(mo)
    assert "/account/sessions/end-others" in elsewhere.get("/account").text

    clock.shift(20 * MINUTE)
    assert "/account/sessions/end-others" not in elsewhere.get("/account").text

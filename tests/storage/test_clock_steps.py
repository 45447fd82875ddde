"""Clock steps: the machine's clock is put back or forward while people read and write."""

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from board.accounts.auth.rate_limit import Attempt
from board.accounts.models import Session, User
from board.articles.models import Article
from board.db import db, now
from board.db.clock import today
from conftest import more_link, say
from support.consistency import drift

HOUR, DAY, YEAR = timedelta(hours=1), timedelta(days=1), timedelta(days=365)
Clock = time_machine.Traveller


@pytest.fixture
def clock() -> Clock:
    with time_machine.travel(now(), tick=False) as clock:
        yield clock


def comments_in(client: FlaskClient, path: str) -> list[str]:
    """The comments of a thread in the order of its pages, read from the API."""
    texts = []
    while path:
        page = client.get(path).json
        texts += [comment["html"].removeprefix("<p>")[:-4] for comment in page["comments"]]
        path = page["next"]
    return texts


@pytest.mark.parametrize("step", [-timedelta(seconds=1), -9 * HOUR, HOUR, 2 * YEAR])
def test_a_comment_after_a_step_is_on_top_and_the_order_stays(
    guest: FlaskClient, clock: Clock, ada: User, harbour: Article, step: timedelta
) -> None:
    before = [say(harbour, ada, f"Before {n}") for n in range(3)]
    clock.shift(step)
    after = [say(harbour, ada, f"After {n}") for n in range(3)]

    latest = comments_in(guest, "/api/v1/articles/harbour/comments?limit=2")

    assert latest == [f"After {n}" for n in (2, 1, 0)] + [f"Before {n}" for n in (2, 1, 0)]
    assert (
        comments_in(guest, "/api/v1/articles/harbour/comments?sort=oldest&limit=2") == latest[::-1]
    )
    moments = [comment.posted_at for comment in (*before, *after)]
    assert moments == sorted(moments) and drift() == []


def test_a_reader_paging_through_a_thread_gets_each_comment_once(
    guest: FlaskClient, clock: Clock, ada: User, harbour: Article
) -> None:
    for number in range(45):
        say(harbour, ada, f"Comment {number}.")
    path, seen = "/articles/harbour/comments", ""
    while path:
        page = guest.get(path).text
        seen, path = seen + page, more_link(page) or ""
        clock.shift(-HOUR)
        say(harbour, ada, f"Meanwhile {len(seen)}")
    assert [seen.count(f"Comment {number}.") for number in range(45)] == [1] * 45
    assert "Meanwhile" not in seen


def test_a_reply_stands_below_its_comment_and_last_in_its_conversation(
    guest: FlaskClient, clock: Clock, ada: User, bora: User, harbour: Article
) -> None:
    root = say(harbour, ada, "Root")
    first = say(harbour, bora, "First", to=root)
    clock.shift(-HOUR)
    second = say(harbour, ada, "Second", to=root)
    other = say(harbour, ada, "Other root")
    third = say(harbour, bora, "Third", to=second)

    page = guest.get(f"/comments/{root.id}").text

    assert page.index("Root") < page.index("First") < page.index("Second") < page.index("Third")
    assert root.posted_at <= first.posted_at <= second.posted_at <= third.posted_at
    assert other.posted_at >= root.posted_at


def test_a_clock_that_was_a_year_ahead_leaves_no_wrong_dates_behind(
    guest: FlaskClient, clock: Clock, ada: User, harbour: Article
) -> None:
    clock.shift(YEAR)
    say(harbour, ada, "From the future")
    clock.shift(-YEAR)
    later = [say(harbour, ada, f"Later {n}") for n in range(3)]
    assert [comment.posted_at for comment in later] == [now()] * 3
    latest = comments_in(guest, "/api/v1/articles/harbour/comments?limit=2")
    assert latest == ["From the future", "Later 2", "Later 1", "Later 0"]


class TestLimits:
    """A wait is never longer than twice the limit, even with stored times that are wrong."""

    @pytest.fixture
    def settings(self) -> dict[str, int]:
        return {"COMMENT_INTERVAL_SECONDS": 60, "ROOT_COMMENTS_PER_ARTICLE": 0}

    def post(self, client: FlaskClient, text: str) -> int:
        return client.post("/articles/harbour/comments", data={"body": text}).status_code

    @pytest.mark.parametrize("step", [-9 * HOUR, -YEAR, DAY, YEAR])
    def test_a_reader_may_go_on_posting_after_a_step(
        self,
        as_: Callable[[User], FlaskClient],
        clock: Clock,
        ada: User,
        harbour: Article,
        step: timedelta,
    ) -> None:
        client = as_(ada)
        assert self.post(client, "Before") == 303
        clock.shift(step)
        client = as_(ada)
        assert self.post(client, "After") == 303

    @pytest.mark.slow
    def test_a_step_is_no_way_round_the_daily_limit(
        self, as_: Callable[[User], FlaskClient], clock: Clock, ada: User, harbour: Article
    ) -> None:
        client, statuses = as_(ada), []
        for number in range(45):
            clock.shift(timedelta(minutes=-20 if number % 2 else 30))
            statuses.append(self.post(client, f"Comment {number}"))
        assert statuses.count(303) == 20

    def test_a_second_back_is_no_way_round_the_interval(
        self, as_: Callable[[User], FlaskClient], clock: Clock, ada: User, harbour: Article
    ) -> None:
        client = as_(ada)
        assert self.post(client, "Before") == 303
        clock.shift(-1)
        assert self.post(client, "After") == 429
        clock.shift(62)
        assert self.post(client, "Later") == 303

    @pytest.mark.parametrize("step", [-HOUR, -YEAR, YEAR])
    def test_a_reader_may_go_on_reacting_after_a_step(
        self,
        as_: Callable[[User], FlaskClient],
        clock: Clock,
        ada: User,
        bora: User,
        harbour: Article,
        step: timedelta,
    ) -> None:
        comments = [say(harbour, bora, text) for text in ("One", "Two")]
        answers = []
        for comment in comments:
            client = as_(ada)
            answers.append(client.post(f"/comments/{comment.id}/like").status_code)
            answers.append(client.post(f"/comments/{comment.id}/dislike").status_code)
            clock.shift(step)
        assert answers == [303, 429, 303, 429]


@pytest.mark.parametrize("step", [-2 * HOUR, -YEAR, 2 * HOUR])
def test_failed_sign_ins_of_another_time_stop_nobody_and_are_deleted(
    guest: FlaskClient, clock: Clock, step: timedelta
) -> None:
    wrong = {"email": "ada@harbour.example", "password": "wrong"}
    for _ in range(10):
        assert guest.post("/sign-in", data=wrong).status_code == 422
    assert guest.post("/sign-in", data=wrong).status_code == 429
    clock.shift(step)
    assert guest.post("/sign-in", data=wrong).status_code == 422
    assert len(db.session.scalars(select(Attempt)).all()) == 1


@pytest.mark.parametrize(
    ("began", "alive"), [(timedelta(), True), (HOUR, True), (YEAR, False), (-HOUR, True)]
)
def test_a_session_begun_by_a_clock_far_ahead_lives_no_longer(
    as_: Callable[[User], FlaskClient], clock: Clock, ada: User, began: timedelta, alive: bool
) -> None:
    clock.shift(began)
    client = as_(ada)
    clock.shift(-began)
    assert (client.get("/account").status_code == 200) is alive


def test_a_last_visit_in_the_future_is_corrected(
    app: Flask, as_: Callable[[User], FlaskClient], clock: Clock, ada: User
) -> None:
    client = as_(ada)
    clock.shift(20 * DAY)
    client.get("/account")
    clock.shift(-20 * DAY)
    client.get("/account")
    assert db.session.scalars(select(Session.seen_on)).one() == today()

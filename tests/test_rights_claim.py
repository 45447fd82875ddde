"""Whoever is hurt by a comment asks to have it taken down; both sides are told what follows."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from board import due
from board.db import db, now, writing
from board.moderation import models as moderation
from board.moderation.appeals import appeal, decide
from board.moderation.models import Ruling
from board.moderation.takedowns import Claim, Claimant, State, block, claim
from conftest import count_queries, person, say


def told(comment, **changes):
    return {
        "url": f"http://localhost/comments/{comment.id}",
        "sentence": "lives at 3 Pier Street",
        "kind": "privacy",
        "text": "It is my address.",
        "wish": "block",
        "requester": "person",
        "name": "Kim Harbour",
        "contact": "kim@pier.example",
        "consent": "y",
        **changes,
    }


def newest():
    return db.session.scalar(select(Claim).order_by(Claim.id.desc()))


@pytest.fixture
def hurting(harbour, ada):
    return say(harbour, ada, "She lives at 3 Pier Street")


@pytest.fixture
def claimed(guest, hurting):
    """A claim, and the form that asks how it stands."""
    page = guest.post("/report/rights", data=told(hurting)).text
    return {
        "receipt": re.search(r'id="receipt">([^<]+)', page)[1],
        "secret": re.search(r'id="claim-code">([^<]+)', page)[1],
    }


@pytest.fixture
def blocked(claimed, mo):
    with writing():
        block(newest(), by=mo, says="The address is taken down.")
    return newest()


def test_a_guest_claims_a_right_and_sees_how_it_stands(guest, hurting):
    form = guest.get(f"/report/rights?comment={hurting.id}").text
    assert f'value="http://localhost/comments/{hurting.id}"' in form

    answer = guest.post("/report/rights", data=told(hurting))

    assert answer.status_code == 201
    assert answer.headers["Cache-Control"] == "private, no-store"
    receipt = re.search(r'id="receipt">([^<]+)', answer.text)[1]
    secret = re.search(r'id="claim-code">([^<]+)', answer.text)[1]
    status = guest.post("/report/rights/status", data={"receipt": receipt, "secret": secret})
    assert f"{receipt}: 접수" in status.text
    assert newest().comment_id == hurting.id


def test_the_receipt_alone_tells_nothing(guest, claimed):
    asked = {"receipt": claimed["receipt"], "secret": "guessed"}

    assert guest.post("/report/rights/status", data=asked).status_code == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "http://localhost/comments/999"},
        {"url": "http://localhost/articles/harbour"},
        {"sentence": ""},
        {"name": ""},
        {"contact": " "},
        {"consent": ""},
        {"kind": "whim"},
        {"kind": ""},
        {"requester": ""},
        {"text": "x" * 2001},
    ],
)
def test_a_claim_that_lacks_something_is_shown_again(guest, hurting, changes):
    answer = guest.post("/report/rights", data=told(hurting, **changes))

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert newest() is None


def test_a_hidden_comment_cannot_be_found_out_through_the_form(guest, hurting, mo):
    with writing():
        moderation.hide(hurting, by=mo, reason="abuse")

    assert guest.post("/report/rights", data=told(hurting)).status_code == 422


def test_ten_claims_an_hour_come_from_one_network(guest, hurting):
    for _ in range(10):
        guest.post("/report/rights", data=told(hurting))

    assert guest.post("/report/rights", data=told(hurting)).status_code == 429
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    answer = guest.post("/report/rights", data=told(hurting), environ_base=elsewhere)
    assert answer.status_code == 201


def test_a_moderator_takes_it_down_and_everyone_sees_that(as_, guest, mo, ada, hurting, claimed):
    url = f"/desk/claims/{newest().id}/answer"

    response = as_(mo).post(url, data={"outcome": "block", "says": "It shows an address."})

    assert response.status_code == 303
    assert newest().until - newest().blocked_at == timedelta(days=30)
    thread = guest.get(f"/comments/{hurting.id}").text
    assert "이 댓글은 다른 이용자의 요청으로 게시중단(임시조치) 되었습니다." in thread
    assert "Pier Street" not in thread
    status = guest.post("/report/rights/status", data=claimed).text
    assert "It shows an address." in status
    assert "게시중단(임시조치, 정보통신망법 제44조의2)" in as_(ada).get("/account/notices").text
    public = guest.get("/transparency/takedowns").text
    assert "사생활 침해·개인정보 노출 · 게시중단(임시조치)" in public
    for private in ("Kim Harbour", "kim@pier", "Pier Street", "It is my address"):
        assert private not in public
    assert "Kim Harbour" not in as_(ada).get("/account/notices").text


def test_a_rejected_claim_leaves_the_comment_and_says_why(as_, guest, mo, ada, hurting, claimed):
    url = f"/desk/claims/{newest().id}/answer"

    as_(mo).post(url, data={"outcome": "reject", "says": "It is a public office."})

    assert "Pier Street" in guest.get("/articles/harbour").text
    assert "It is a public office." in guest.post("/report/rights/status", data=claimed).text
    assert "It is a public office." not in as_(ada).get("/account/notices").text
    assert as_(mo).post(url, data={"outcome": "block", "says": "No."}).status_code == 409


def test_the_desk_sees_who_asks_and_what_is_late(as_, mo, hurting, guest):
    guest.post("/report/rights", data=told(hurting, requester="public"))
    client = as_(mo)

    page = client.get("/desk/claims").text
    assert "Kim Harbour" in page
    assert "공적 업무" in page
    assert "24시간 초과" not in page
    with time_machine.travel(now() + timedelta(hours=24, minutes=1)):
        assert "24시간 초과" in as_(mo).get("/desk/claims").text


def test_the_author_objects_while_it_is_down_and_gets_it_back(as_, guest, ada, hurting, blocked):
    ruling = db.session.scalar(select(Ruling).order_by(Ruling.id.desc()))
    second = person("minah", can_moderate=True)

    with time_machine.travel(now() + timedelta(days=29)):
        with writing():
            asked = appeal(db.session.get(Ruling, ruling.id), by=ada, text="It is my own address")
        with writing():
            decide(asked, by=second, uphold=True, says="It is the author's own.")

    assert newest().state == State.RESTORED
    assert "Pier Street" in guest.get("/articles/harbour").text


def test_after_thirty_days_it_comes_back(guest, blocked):
    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        assert due.run() == ["takedowns"]
        assert due.run() == []

    assert newest().state == State.RESTORED
    assert "Pier Street" in guest.get("/articles/harbour").text


def test_or_stays_hidden_where_the_newsroom_chose_that(app, guest, blocked):
    app.config["TAKEDOWN_ON_EXPIRY"] = "delete"

    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        assert due.run() == ["takedowns"]
        assert due.run() == []

    assert newest().state == State.REMOVED
    assert "Pier Street" not in guest.get("/articles/harbour").text


def test_no_term_is_longer_than_the_law_allows(blocked):
    with pytest.raises(IntegrityError, match="term"), writing():
        newest().until = newest().blocked_at + timedelta(days=30, seconds=1)
    db.session.rollback()


def test_a_block_undone_at_once_lets_the_claim_wait_again(guest, mo, blocked):
    ruling = db.session.scalar(select(Ruling).order_by(Ruling.id.desc()))
    with writing():
        moderation.undo(db.session.get(Ruling, ruling.id), by=mo)

    assert newest().state == State.RECEIVED
    assert "Pier Street" in guest.get("/articles/harbour").text


def test_a_restoration_undone_at_once_goes_on_with_the_term(guest, mo, hurting, blocked):
    with writing():
        ruling = moderation.restore(hurting, by=mo, reason="review")
    assert newest().state == State.RESTORED
    with writing():
        moderation.undo(db.session.get(Ruling, ruling.id), by=mo)

    assert (newest().state, newest().ended_at) == (State.BLOCKED, None)
    assert "Pier Street" not in guest.get("/articles/harbour").text


def test_who_asked_is_forgotten_three_years_after_the_end(guest, blocked):
    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        due.run()
    with time_machine.travel(now() + timedelta(days=31 + 3 * 365)):
        assert due.run() == ["claimants"]

    assert db.session.scalars(select(Claimant)).all() == []
    assert newest() is not None


@pytest.mark.parametrize("rows", [1, 20])
def test_the_desk_asks_as_often_for_many_as_for_one(as_, guest, mo, harbour, rows):
    for number in range(rows):
        comment = say(harbour, person(f"reader{number}"), f"Remark {number}")
        data = told(comment)
        with writing():
            claim(comment, **{name: data[name] for name in data if name not in ("url", "consent")})
    client = as_(mo)

    with count_queries() as queries:
        page = client.get("/desk/claims").text

    assert page.count('id="claim-') == rows
    assert len([each for each in queries if each.startswith("SELECT")]) <= 18

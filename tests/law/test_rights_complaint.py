"""Whoever is hurt by a comment asks to have it taken down; both sides are told what follows."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from board.db import db, now, writing
from board.law.claims.models import Claim, Claimant, State
from board.law.claims.workflow import block, claim
from board.moderation.appeals.models import decide, submit_appeal
from board.moderation.rulings import decisions as moderation
from board.moderation.rulings import undo
from board.moderation.rulings.models import Ruling
from board.runtime import jobs
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
    assert f"{receipt}: 신고 접수" in status.text
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
    assert "권리침해 신고에 따라 게시중단(임시조치)된 댓글입니다." in thread
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
            asked = submit_appeal(
                db.session.get(Ruling, ruling.id), by=ada, text="It is my own address"
            )
        with writing():
            decide(asked, by=second, uphold=True, note="It is the author's own.")

    assert newest().state == State.RESTORED
    assert "Pier Street" in guest.get("/articles/harbour").text


def test_after_thirty_days_it_comes_back(guest, blocked):
    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        assert jobs.run_pending() == ["takedowns"]
        assert jobs.run_pending() == []

    assert newest().state == State.RESTORED
    assert "Pier Street" in guest.get("/articles/harbour").text


def test_or_stays_hidden_where_the_newsroom_chose_that(app, guest, blocked):
    app.config["TAKEDOWN_ON_EXPIRY"] = "delete"

    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        assert jobs.run_pending() == ["takedowns"]
        assert jobs.run_pending() == []

    assert newest().state == State.REMOVED
    assert "Pier Street" not in guest.get("/articles/harbour").text


def test_no_term_is_longer_than_the_law_allows(blocked):
    with pytest.raises(IntegrityError, match="term"), writing():
        newest().until = newest().blocked_at + timedelta(days=30, seconds=1)
    db.session.rollback()


def test_a_block_undone_at_once_lets_the_claim_wait_again(guest, mo, blocked):
    ruling = db.session.scalar(select(Ruling).order_by(Ruling.id.desc()))
    with writing():
        undo.undo(db.session.get(Ruling, ruling.id), by=mo)

    assert newest().state == State.RECEIVED
    assert "Pier Street" in guest.get("/articles/harbour").text


def test_a_restoration_undone_at_once_goes_on_with_the_term(guest, mo, hurting, blocked):
    with writing():
        ruling = moderation.restore(hurting, by=mo, reason="review")
    assert newest().state == State.RESTORED
    with writing():
        undo.undo(db.session.get(Ruling, ruling.id), by=mo)

    assert (newest().state, newest().ended_at) == (State.BLOCKED, None)
    assert "Pier Street" not in guest.get("/articles/harbour").text


def test_who_asked_is_forgotten_three_years_after_the_end(guest, blocked):
    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        jobs.run_pending()
    with time_machine.travel(now() + timedelta(days=31 + 3 * 365)):
        assert jobs.run_pending() == ["claimants"]

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


def answer(client, outcome, says="For a reason."):
    url = f"/desk/claims/{newest().id}/answer"
    return client.post(url, data={"outcome": outcome, "says": says})


def test_a_comment_that_is_clearly_unlawful_is_taken_down_for_good(as_, guest, mo, ada, claimed):
    assert answer(as_(mo), "remove", "It shows an address.").status_code == 303

    thread = guest.get("/articles/harbour").text
    assert (
        "권리침해 신고에 따라 삭제된 댓글입니다."
        in guest.get(f"/comments/{newest().comment_id}").text
    )
    assert "Pier Street" not in thread
    assert newest().state == State.REMOVED
    status = guest.post("/report/rights/status", data=claimed).text
    assert "It shows an address." in status
    assert "권리침해 신고에 따른 삭제" in as_(ada).get("/account/notices").text
    assert "사생활 침해·개인정보 노출 · " in guest.get("/transparency/takedowns").text


def test_an_answer_is_published_below_the_comment_instead(as_, guest, mo, ada, hurting):
    data = told(hurting, wish="rebuttal", rebuttal="That is not my house <b>at all</b>.")
    guest.post("/report/rights", data=data)

    assert "That is not my house" in as_(mo).get("/desk/claims").text
    assert answer(as_(mo), "rebut", "Both are to be read.").status_code == 303

    thread = guest.get("/articles/harbour").text
    assert "That is not my house &lt;b&gt;at all&lt;/b&gt;." in thread
    assert "Pier Street" in thread
    assert "Kim Harbour" not in thread
    assert newest().state == State.REBUTTED
    assert "반박문 게재" in as_(ada).get("/account/notices").text
    assert "반박문 게재" in guest.get("/transparency/takedowns").text


def test_without_an_answer_there_is_none_to_publish(as_, guest, mo, hurting, claimed):
    page = guest.post("/report/rights", data=told(hurting, wish="rebuttal"))

    assert page.status_code == 422
    assert answer(as_(mo), "rebut").status_code == 409


def test_the_claimant_reads_what_the_author_says_against_it_and_how_it_ends(
    as_, guest, ada, hurting, claimed, blocked
):
    ruling = db.session.scalar(select(Ruling).order_by(Ruling.id.desc()))
    form = as_(ada).get(f"/rulings/{ruling.id}/appeal").text
    assert "게시중단을 요청한 사람에게도 전해집니다" in form
    as_(ada).post(f"/rulings/{ruling.id}/appeal", data={"text": "It is my own address"})

    status = guest.post("/report/rights/status", data=claimed).text
    assert "It is my own address" in status
    assert "ada" not in status.split("<main")[1].split("</main")[0]
    second = person("minah", can_moderate=True)
    data = {"outcome": "uphold", "says": "It is the author's own."}
    as_(second).post(f"/desk/appeals/{ruling.id}/decide", data=data)
    status = guest.post("/report/rights/status", data=claimed).text
    assert "It is the author&#39;s own." in status
    assert "복원" in status


@pytest.mark.parametrize("objects", [True, False])
def test_where_the_newsroom_chose_so_only_an_objection_brings_it_back(
    app, guest, ada, blocked, objects
):
    app.config["TAKEDOWN_ON_EXPIRY"] = "objection"
    if objects:
        ruling = db.session.scalar(select(Ruling).order_by(Ruling.id.desc()))
        with writing():
            submit_appeal(db.session.get(Ruling, ruling.id), by=ada, text="It is mine")

    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        jobs.run_pending()

    assert newest().state == (State.RESTORED if objects else State.REMOVED)
    assert ("Pier Street" in guest.get("/articles/harbour").text) is objects


def test_a_removal_appealed_and_restored_ends_as_restored_and_undone_is_removed_again(
    as_, guest, mo, hurting, claimed
):
    answer(as_(mo), "remove")
    with writing():
        ruling = moderation.restore(
            db.session.get_one(type(hurting), hurting.id), by=mo, reason="review"
        )
    assert newest().state == State.RESTORED
    with writing():
        undo.undo(db.session.get(Ruling, ruling.id), by=mo)

    assert newest().state == State.REMOVED
    assert newest().ended_at is not None


def test_the_desk_tells_the_claimant_by_the_way_they_named(as_, mo, claimed, blocked):
    client = as_(mo)
    page = client.get("/desk/claims").text
    assert 'href="mailto:kim@pier.example?subject=' in page
    step = newest().steps[-1]

    client.post(f"/desk/claims/steps/{step.id}/tell")

    assert "mailto:" not in client.get("/desk/claims").text
    assert db.session.get_one(type(step), step.id).told_at is not None


def test_authors_name_the_way_they_want_to_be_told_and_only_moderators_see_it(
    as_, guest, mo, ada, hurting, claimed
):
    writer = as_(ada)
    writer.post("/account/notices/channel", data={"contact": "010-1234-5678"})

    assert 'value="010-1234-5678"' in writer.get("/account/notices").text
    assert "010-1234-5678" in as_(mo).get("/desk/claims").text
    writer.post("/account/notices/channel", data={"contact": ""})
    assert "010-1234-5678" not in as_(mo).get("/desk/claims").text
    assert guest.post("/account/notices/channel").status_code == 401


def test_the_number_of_a_claim_has_the_day_it_is_in_korea(guest, hurting):
    with time_machine.travel(datetime(2026, 11, 30, 15, 30, tzinfo=UTC), tick=False):
        guest.post("/report/rights", data=told(hurting))

    assert newest().receipt.startswith("261201-")

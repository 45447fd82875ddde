"""A rights complaint: a comment is taken down, and both sides are notified of each decision."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from board.db import db, now, writing
from board.law.claims.models import Claim, Claimant, State
from board.law.claims.workflow import block, receive_claim
from board.moderation.appeals.models import decide, submit_appeal
from board.moderation.rulings import decisions as moderation
from board.moderation.rulings import undo
from board.moderation.rulings.models import Ruling
from board.runtime import jobs
from conftest import count_queries, person, say


def form_data(comment, **changes):
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


def newest_claim():
    return db.session.scalar(select(Claim).order_by(Claim.id.desc()))


@pytest.fixture
def comment(harbour, ada):
    return say(harbour, ada, "She lives at 3 Pier Street")


@pytest.fixture
def claimed(guest, comment):
    """A claim; its value is the form data that opens its status page."""
    page = guest.post("/report/rights", data=form_data(comment)).text
    return {
        "receipt": re.search(r'id="receipt">([^<]+)', page)[1],
        "secret": re.search(r'id="claim-code">([^<]+)', page)[1],
    }


@pytest.fixture
def blocked(claimed, mo):
    with writing():
        block(newest_claim(), by=mo, says="The address is taken down.")
    return newest_claim()


def test_a_guest_makes_a_claim_and_checks_its_status(guest, comment):
    form = guest.get(f"/report/rights?comment={comment.id}").text
    assert f'value="http://localhost/comments/{comment.id}"' in form

    response = guest.post("/report/rights", data=form_data(comment))

    assert response.status_code == 201
    assert response.headers["Cache-Control"] == "private, no-store"
    receipt = re.search(r'id="receipt">([^<]+)', response.text)[1]
    secret = re.search(r'id="claim-code">([^<]+)', response.text)[1]
    status = guest.post("/report/rights/status", data={"receipt": receipt, "secret": secret})
    assert f"{receipt}: 신고 접수" in status.text
    assert newest_claim().comment_id == comment.id


def test_the_claim_number_without_the_code_opens_nothing(guest, claimed):
    data = {"receipt": claimed["receipt"], "secret": "guessed"}

    assert guest.post("/report/rights/status", data=data).status_code == 422


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
def test_an_incomplete_claim_is_shown_again(guest, comment, changes):
    response = guest.post("/report/rights", data=form_data(comment, **changes))

    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert newest_claim() is None


def test_the_form_does_not_reveal_a_hidden_comment(guest, comment, mo):
    with writing():
        moderation.hide(comment, by=mo, reason="abuse")

    assert guest.post("/report/rights", data=form_data(comment)).status_code == 422


def test_one_network_makes_at_most_ten_claims_an_hour(guest, comment):
    for _ in range(10):
        guest.post("/report/rights", data=form_data(comment))

    assert guest.post("/report/rights", data=form_data(comment)).status_code == 429
    elsewhere = {"REMOTE_ADDR": "203.0.113.9"}
    response = guest.post("/report/rights", data=form_data(comment), environ_base=elsewhere)
    assert response.status_code == 201


def test_a_moderator_takes_a_comment_down_and_everyone_sees_that(
    as_, guest, mo, ada, comment, claimed
):
    url = f"/desk/claims/{newest_claim().id}/answer"

    response = as_(mo).post(url, data={"outcome": "block", "says": "It shows an address."})

    assert response.status_code == 303
    assert newest_claim().until - newest_claim().blocked_at == timedelta(days=30)
    thread = guest.get(f"/comments/{comment.id}").text
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


def test_a_rejected_claim_leaves_the_comment_and_says_why(as_, guest, mo, ada, comment, claimed):
    url = f"/desk/claims/{newest_claim().id}/answer"

    as_(mo).post(url, data={"outcome": "reject", "says": "It is a public office."})

    assert "Pier Street" in guest.get("/articles/harbour").text
    assert "It is a public office." in guest.post("/report/rights/status", data=claimed).text
    assert "It is a public office." not in as_(ada).get("/account/notices").text
    assert as_(mo).post(url, data={"outcome": "block", "says": "No."}).status_code == 409


def test_the_desk_shows_the_claimant_and_overdue_claims(as_, mo, comment, guest):
    guest.post("/report/rights", data=form_data(comment, requester="public"))
    client = as_(mo)

    page = client.get("/desk/claims").text
    assert "Kim Harbour" in page
    assert "공적 업무" in page
    assert "24시간 초과" not in page
    with time_machine.travel(now() + timedelta(hours=24, minutes=1)):
        assert "24시간 초과" in as_(mo).get("/desk/claims").text


def test_the_author_appeals_a_takedown_and_it_is_restored(as_, guest, ada, comment, blocked):
    ruling = db.session.scalar(select(Ruling).order_by(Ruling.id.desc()))
    second = person("minah", can_moderate=True)

    with time_machine.travel(now() + timedelta(days=29)):
        with writing():
            objection = submit_appeal(
                db.session.get(Ruling, ruling.id), by=ada, text="It is my own address"
            )
        with writing():
            decide(objection, by=second, uphold=True, note="It is the author's own.")

    assert newest_claim().state == State.RESTORED
    assert "Pier Street" in guest.get("/articles/harbour").text


def test_after_thirty_days_the_comment_is_restored(guest, blocked):
    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        assert jobs.run_pending() == ["takedowns"]
        assert jobs.run_pending() == []

    assert newest_claim().state == State.RESTORED
    assert "Pier Street" in guest.get("/articles/harbour").text


def test_after_thirty_days_it_stays_hidden_where_the_newsroom_chose_that(app, guest, blocked):
    app.config["TAKEDOWN_ON_EXPIRY"] = "delete"

    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        assert jobs.run_pending() == ["takedowns"]
        assert jobs.run_pending() == []

    assert newest_claim().state == State.REMOVED
    assert "Pier Street" not in guest.get("/articles/harbour").text


def test_no_takedown_is_longer_than_the_law_allows(blocked):
    with pytest.raises(IntegrityError, match="term"), writing():
        newest_claim().until = newest_claim().blocked_at + timedelta(days=30, seconds=1)
    db.session.rollback()


def test_undoing_a_takedown_returns_the_claim_to_the_queue(guest, mo, blocked):
    ruling = db.session.scalar(select(Ruling).order_by(Ruling.id.desc()))
    with writing():
        undo.take_back(db.session.get(Ruling, ruling.id), by=mo)

    assert newest_claim().state == State.RECEIVED
    assert "Pier Street" in guest.get("/articles/harbour").text


def test_undoing_a_restoration_continues_the_takedown(guest, mo, comment, blocked):
    with writing():
        ruling = moderation.restore(comment, by=mo, reason="review")
    assert newest_claim().state == State.RESTORED
    with writing():
        undo.take_back(db.session.get(Ruling, ruling.id), by=mo)

    assert (newest_claim().state, newest_claim().ended_at) == (State.BLOCKED, None)
    assert "Pier Street" not in guest.get("/articles/harbour").text


def test_the_claimant_is_deleted_three_years_after_the_end(guest, blocked):
    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        jobs.run_pending()
    with time_machine.travel(now() + timedelta(days=31 + 3 * 365)):
        assert jobs.run_pending() == ["claimants", "old notifications"]

    assert db.session.scalars(select(Claimant)).all() == []
    assert newest_claim() is not None


@pytest.mark.parametrize("rows", [1, 20])
def test_the_desk_runs_as_many_queries_for_many_claims_as_for_one(as_, guest, mo, harbour, rows):
    for number in range(rows):
        comment = say(harbour, person(f"reader{number}"), f"Remark {number}")
        data = form_data(comment)
        with writing():
            receive_claim(
                comment, **{name: data[name] for name in data if name not in ("url", "consent")}
            )
    client = as_(mo)

    with count_queries() as queries:
        page = client.get("/desk/claims").text

    assert page.count('id="claim-') == rows
    assert len([query for query in queries if query.startswith("SELECT")]) <= 18


def response(client, outcome, says="For a reason."):
    url = f"/desk/claims/{newest_claim().id}/answer"
    return client.post(url, data={"outcome": outcome, "says": says, "sure": "y"})


def test_a_comment_that_is_clearly_unlawful_is_taken_down_for_good(as_, guest, mo, ada, claimed):
    assert response(as_(mo), "remove", "It shows an address.").status_code == 303

    thread = guest.get("/articles/harbour").text
    assert (
        "권리침해 신고에 따라 삭제된 댓글입니다."
        in guest.get(f"/comments/{newest_claim().comment_id}").text
    )
    assert "Pier Street" not in thread
    assert newest_claim().state == State.REMOVED
    status = guest.post("/report/rights/status", data=claimed).text
    assert "It shows an address." in status
    assert "권리침해 신고에 따른 삭제" in as_(ada).get("/account/notices").text
    assert "사생활 침해·개인정보 노출 · " in guest.get("/transparency/takedowns").text


def test_a_response_is_published_below_the_comment_instead(as_, guest, mo, ada, comment):
    data = form_data(comment, wish="rebuttal", rebuttal="That is not my house <b>at all</b>.")
    guest.post("/report/rights", data=data)

    assert "That is not my house" in as_(mo).get("/desk/claims").text
    assert response(as_(mo), "rebut", "Both are to be read.").status_code == 303

    thread = guest.get("/articles/harbour").text
    assert "That is not my house &lt;b&gt;at all&lt;/b&gt;." in thread
    assert "Pier Street" in thread
    assert "Kim Harbour" not in thread
    assert newest_claim().state == State.REBUTTED
    assert "반박문 게재" in as_(ada).get("/account/notices").text
    assert "반박문 게재" in guest.get("/transparency/takedowns").text


def test_a_claim_without_a_response_has_none_to_publish(as_, guest, mo, comment, claimed):
    page = guest.post("/report/rights", data=form_data(comment, wish="rebuttal"))

    assert page.status_code == 422
    assert response(as_(mo), "rebut").status_code == 409


def test_the_claimant_reads_the_objection_of_the_author_and_its_outcome(
    as_, guest, ada, comment, claimed, blocked
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


@pytest.mark.parametrize("author_objects", [True, False])
def test_only_an_objection_restores_it_where_the_newsroom_chose_that(
    app, guest, ada, blocked, author_objects
):
    app.config["TAKEDOWN_ON_EXPIRY"] = "objection"
    if author_objects:
        ruling = db.session.scalar(select(Ruling).order_by(Ruling.id.desc()))
        with writing():
            submit_appeal(db.session.get(Ruling, ruling.id), by=ada, text="It is mine")

    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        jobs.run_pending()

    assert newest_claim().state == (State.RESTORED if author_objects else State.REMOVED)
    assert ("Pier Street" in guest.get("/articles/harbour").text) is author_objects


def test_a_removal_appealed_and_restored_ends_as_restored_and_undone_is_removed_again(
    as_, guest, mo, comment, claimed
):
    response(as_(mo), "remove")
    with writing():
        ruling = moderation.restore(
            db.session.get_one(type(comment), comment.id), by=mo, reason="review"
        )
    assert newest_claim().state == State.RESTORED
    with writing():
        undo.take_back(db.session.get(Ruling, ruling.id), by=mo)

    assert newest_claim().state == State.REMOVED
    assert newest_claim().ended_at is not None


def test_a_moderator_notifies_the_claimant_at_their_contact(as_, mo, claimed, blocked):
    client = as_(mo)
    page = client.get("/desk/claims").text
    assert 'href="mailto:kim@pier.example?subject=' in page
    step = newest_claim().steps[-1]

    client.post(f"/desk/claims/steps/{step.id}/tell")

    assert "mailto:" not in client.get("/desk/claims").text
    assert db.session.get_one(type(step), step.id).told_at is not None


def test_authors_set_a_contact_that_only_moderators_see(as_, guest, mo, ada, comment, claimed):
    author = as_(ada)
    author.post("/account/notices/channel", data={"contact": "010-1234-5678"})

    assert 'value="010-1234-5678"' in author.get("/account/notices").text
    assert "010-1234-5678" in as_(mo).get("/desk/claims").text
    author.post("/account/notices/channel", data={"contact": ""})
    assert "010-1234-5678" not in as_(mo).get("/desk/claims").text
    assert guest.post("/account/notices/channel").status_code == 401


def test_a_claim_number_begins_with_the_day_in_korea(guest, comment):
    with time_machine.travel(datetime(2026, 11, 30, 15, 30, tzinfo=UTC), tick=False):
        guest.post("/report/rights", data=form_data(comment))

    assert newest_claim().receipt.startswith("261201-")

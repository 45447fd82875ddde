"""Moderators find every claim again, answer several about one comment, and are asked before a
comment is removed for good."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from board.comments.models import Comment
from board.db import db, now, writing
from board.law.claims.models import Claim, State
from board.law.claims.workflow import block, receive_claim, reject, remove
from board.moderation.rulings import decisions, undo
from board.moderation.rulings.models import Ruling
from board.runtime import jobs
from conftest import more_link, person, say


def claim(comment, *, name="Kim Harbour", contact="kim@pier.example", **changes):
    particulars = {
        "sentence": "Pier Street", "kind": "privacy", "text": "My address.", "wish": "block",
        "requester": "person", "rebuttal": "", **changes,
    }  # fmt: skip
    with writing():
        received, _secret = receive_claim(comment, name=name, contact=contact, **particulars)
    return received


def answer(client, received, outcome, **form):
    data = {"outcome": outcome, "says": "For a reason.", **form}
    return client.post(f"/desk/claims/{received.id}/answer", data=data)


def found(client, **query):
    """The receipts on the first page of the search."""
    page = client.get("/desk/claims/search", query_string=query).text
    return re.findall(r"<strong>(\d{6}-\d{8})</strong>", page)


@pytest.fixture
def comment(harbour, ada):
    return say(harbour, ada, "She lives at 3 Pier Street")


@pytest.fixture
def moderator(as_, mo):
    return as_(mo)


# ---- find ----


@pytest.mark.slow
def test_closed_claims_are_found_by_state_number_comment_name_and_words(
    moderator, mo, harbour, bora, comment
):
    closed = claim(comment)
    waiting = claim(say(harbour, bora, "About the ferry"), name="Lee", contact="010-1234-5678")
    with writing():
        reject(db.session.get_one(Claim, closed.id), by=mo, says="A public office.")

    assert found(moderator) == [waiting.receipt, closed.receipt]
    assert found(moderator, state="closed") == found(moderator, state="rejected")
    assert found(moderator, state="rejected") == [closed.receipt]
    assert found(moderator, state="received") == [waiting.receipt]
    assert found(moderator, state="nonsense") == [waiting.receipt, closed.receipt]
    for query in (
        closed.receipt,
        closed.receipt[7:],
        f"http://localhost/comments/{comment.id}",
        f"{comment.id}",
        "kim harbour",
        "kim@pier",
        "3 Pier",
    ):
        assert found(moderator, q=query) == [closed.receipt], query
    assert found(moderator, q="010-1234-5678") == [waiting.receipt]
    assert found(moderator, q="ferry", state="closed") == []
    assert found(moderator, q="%") == found(moderator, q="_") == []
    assert "A public office." in moderator.get("/desk/claims/search").text


def test_claims_are_found_page_by_page(moderator, comment):
    for _ in range(Claim.PAGE_SIZE + 1):
        claim(comment)

    first = moderator.get("/desk/claims/search?q=harbour&state=received").text
    second = moderator.get(more_link(first)).text

    assert [page.count("<strong>") for page in (first, second)] == [Claim.PAGE_SIZE, 1]


def test_only_moderators_search_claims(as_, guest, ada, tess, comment):
    claim(comment)

    clients = guest, as_(ada), as_(tess)
    assert [c.get("/desk/claims/search").status_code for c in clients] == [303, 403, 403]


def test_a_name_that_was_deleted_after_three_years_is_found_no_more(as_, moderator, mo, comment):
    received = claim(comment)
    with writing():
        reject(db.session.get_one(Claim, received.id), by=mo, says="No.")
    assert found(moderator, q="kim harbour") == [received.receipt]

    with time_machine.travel(now() + timedelta(days=3 * 365 + 1)):
        assert jobs.run_pending() == ["claimants"]
        later = as_(mo)
        assert found(later, q="kim harbour") == []
        assert found(later, q=received.receipt) == [received.receipt]


def test_an_entry_of_the_log_leads_to_its_claim(moderator, mo, comment):
    received = claim(comment)
    with writing():
        block(db.session.get_one(Claim, received.id), by=mo, says="It is an address.")

    log = moderator.get("/desk/rulings").text

    assert f'href="/desk/claims/search?q={received.receipt}"' in log


# ---- several about one comment ----


def test_claims_about_one_comment_stand_together_below_it(moderator, harbour, bora, comment):
    first = claim(comment)
    claim(say(harbour, bora, "Another"))
    second = claim(comment, name="Lee")

    page = moderator.get("/desk/claims").text

    assert page.count("She lives at 3 Pier Street") == 1
    cards = page.split('<li class="card">')[1:]
    assert re.findall(r'id="claim-(\d+)"', cards[0]) == [str(first.id), str(second.id)]
    assert "이 댓글에 대한 신고 2건" in cards[0]


def test_claims_about_one_comment_stay_together_across_the_end_of_a_page(
    moderator, harbour, comment
):
    claim(comment)
    for number in range(Claim.PAGE_SIZE):
        claim(say(harbour, person(f"reader{number}"), f"Remark {number}"))
    last = claim(comment)

    cards = moderator.get("/desk/claims").text.split('<li class="card">')[1:]

    assert len(cards) == Claim.PAGE_SIZE
    assert f'id="claim-{last.id}"' in cards[0]


def test_a_second_claim_joins_the_takedown_and_ends_with_it(moderator, guest, mo, comment):
    first, second = claim(comment), claim(comment, name="Lee")
    answer(moderator, first, "block")

    assert answer(moderator, second, "block").status_code == 303
    assert (second.state, second.until) == (State.BLOCKED, first.until)
    hides = select(Ruling).where(Ruling.verdict == "hide")
    assert len(db.session.scalars(hides).all()) == 1  # the author is told once

    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        assert jobs.run_pending() == ["takedowns"]
        assert jobs.run_pending() == []
    assert (first.state, second.state) == (State.RESTORED, State.RESTORED)
    assert "Pier Street" in guest.get("/articles/harbour").text


def test_the_step_of_a_joined_claim_names_who_answered_it(as_, moderator, mo, comment):
    first, second = claim(comment), claim(comment, name="Lee")
    other = person("minah", can_moderate=True)
    answer(moderator, first, "block")
    answer(as_(other), second, "block")

    assert [each.steps[-1].by_id for each in (first, second)] == [mo.id, other.id]


def test_a_second_claim_may_be_rejected_while_the_first_takedown_stands(moderator, comment):
    first, second = claim(comment), claim(comment, name="Lee")
    answer(moderator, first, "block")
    answer(moderator, second, "reject")

    assert (first.state, second.state) == (State.BLOCKED, State.REJECTED)
    assert comment.hidden_for == "takedown"


def test_a_removal_ends_the_takedowns_of_other_claims(app, moderator, guest, comment):
    first, second, third = (claim(comment, name=name) for name in ("Kim", "Lee", "Park"))
    answer(moderator, first, "block")
    answer(moderator, second, "remove", sure="y")
    answer(moderator, third, "remove", sure="y")

    assert {each.state for each in (first, second, third)} == {State.REMOVED}
    with time_machine.travel(now() + timedelta(days=30, seconds=1)):
        assert jobs.run_pending() == []
    assert "Pier Street" not in guest.get("/articles/harbour").text


def test_no_claim_is_taken_down_for_a_time_once_the_comment_is_removed(moderator, comment):
    first, second = claim(comment), claim(comment, name="Lee")
    answer(moderator, first, "remove", sure="y")

    assert answer(moderator, second, "block").status_code == 409
    assert second.state == State.RECEIVED


def test_undoing_a_takedown_returns_all_claims_that_joined_it(moderator, guest, mo, comment):
    first, second = claim(comment), claim(comment, name="Lee")
    answer(moderator, first, "block")
    answer(moderator, second, "block")
    ruling = db.session.scalars(select(Ruling).where(Ruling.verdict == "hide")).one()

    with writing():
        undo.take_back(db.session.get_one(Ruling, ruling.id), by=mo)

    assert {(each.state, each.until) for each in (first, second)} == {(State.RECEIVED, None)}
    assert "Pier Street" in guest.get("/articles/harbour").text


def test_undoing_a_restoration_continues_all_takedowns(mo, moderator, comment):
    first, second = claim(comment), claim(comment, name="Lee")
    answer(moderator, first, "block")
    answer(moderator, second, "block")
    with writing():
        ruling = decisions.restore(
            db.session.get_one(type(comment), comment.id), by=mo, reason="review"
        )
    assert {first.state, second.state} == {State.RESTORED}
    with writing():
        undo.take_back(db.session.get_one(Ruling, ruling.id), by=mo)

    assert {first.state, second.state} == {State.BLOCKED}


def test_a_removal_after_a_takedown_is_not_undone_as_that_would_show_the_comment(
    mo, moderator, comment
):
    first, second = claim(comment), claim(comment, name="Lee")
    answer(moderator, first, "block")
    answer(moderator, second, "remove", sure="y")
    last = db.session.scalars(select(Ruling).order_by(Ruling.id.desc()).limit(1)).one()

    assert undo.undoable(mo) is None
    assert moderator.post(f"/desk/rulings/{last.id}/undo").status_code == 409
    assert comment.hidden_for == "takedown_final"


def problem_on(response):
    """The sentence of a page that refuses a decision made too late."""
    page = response.text.replace("\u2060", "")
    return response.status_code, re.search(r'role="alert"[^>]*><p>([^<]*)</p>', page)[1]


def test_who_answers_a_claim_too_late_reads_who_was_first_and_how(as_, moderator, mo, comment):
    received = claim(comment)
    other = as_(person("minah", can_moderate=True))
    answer(moderator, received, "reject")

    asked, late = answer(other, received, "remove"), answer(other, received, "block")
    again = answer(moderator, received, "reject")

    first = "mo 님이 먼저 처리했습니다(기각). 그 밖에 바뀐 것은 없습니다."
    assert problem_on(asked) == problem_on(late) == (409, first)
    assert problem_on(again) == (409, "이미 처리하셨습니다(기각). 바뀐 것은 없습니다.")
    assert len(received.steps) == 2


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (Comment.delete, "그사이 작성자가 댓글을 삭제했습니다. 바뀐 것은 없습니다."),
        (lambda comment: comment._set_held(reason="word"),
         "그사이 댓글이 숨겨졌습니다. 바뀐 것은 없습니다."),
    ],
)  # fmt: skip
def test_a_comment_nobody_can_read_any_more_is_said_where_the_claim_is(
    moderator, comment, change, sentence
):
    received = claim(comment)
    with writing():
        change(db.session.get_one(Comment, comment.id))

    late = answer(moderator, received, "block")

    assert problem_on(late) == (409, sentence)
    assert received.state == State.RECEIVED
    assert 'value="For a reason."' in late.text


def test_two_moderators_at_once_answer_a_claim_once(as_, moderator, mo, comment):
    received = claim(comment)
    other = as_(person("minah", can_moderate=True))

    statuses = [
        answer(moderator, received, "remove", sure="y").status_code,
        answer(other, received, "remove", sure="y").status_code,
    ]

    assert (statuses, len(received.steps)) == ([303, 409], 2)


# ---- removal asks first ----


def test_removing_asks_first_and_says_what_is_lost_and_who_will_know(moderator, guest, comment):
    received = claim(comment)
    claim(comment, name="Lee")

    page = answer(moderator, received, "remove", says="It shows <b>an</b> address.")

    assert page.status_code == 200
    assert received.state == State.RECEIVED
    assert "Pier Street" in guest.get("/articles/harbour").text
    for words in ("없어지는 것", "알게 되는 사람", "종결되지 않은 신고가 1건 더"):
        assert words in page.text
    assert "It shows &lt;b&gt;an&lt;/b&gt; address." in page.text
    answer(moderator, received, "remove", sure="y")
    assert "Pier Street" not in guest.get("/articles/harbour").text


def test_removing_without_a_reason_is_refused_before_it_asks(moderator, comment):
    received = claim(comment)

    response = answer(moderator, received, "remove", says=" ")

    assert (response.status_code, received.state) == (422, State.RECEIVED)


def test_the_page_that_asks_offers_the_takedown_as_well(moderator, comment):
    received = claim(comment)
    page = answer(moderator, received, "remove").text
    assert 'name="outcome" value="block"' in page

    answer(moderator, received, "block", sure="y")

    assert received.state == State.BLOCKED


def test_a_removed_claim_stays_findable_with_its_files_closed(moderator, mo, comment):
    received = claim(comment)
    with writing():
        remove(db.session.get_one(Claim, received.id), by=mo, says="An address.")

    page = moderator.get("/desk/claims/search?state=removed").text

    assert received.receipt in page
    assert "/desk/claims/files/" not in page

"""A user appeals once against a decision, and another moderator decides the appeal."""

import html
import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from board.accounts.auth.passwords import hash_password
from board.comments.models import Comment
from board.comments.moderation_reasons import reason_sentence
from board.db import db, now, writing
from board.db.hash_chain import find_tampered
from board.moderation.appeals.models import (
    Appeal,
    NotAppealable,
    OwnDecision,
    decide,
    submit_appeal,
)
from board.moderation.rulings import decisions
from board.moderation.rulings.models import Ruling
from board.moderation.users import sanctions
from conftest import PASSWORD, count_queries, person, say


@pytest.fixture
def minah(app):
    """A second moderator."""
    return person("minah", can_moderate=True)


@pytest.fixture
def hidden(harbour, ada, mo):
    comment = say(harbour, ada, "The ferry is late again")
    with writing():
        decisions.hide(comment, by=mo, reason="abuse")
    return comment


def newest():
    return db.session.scalar(select(Ruling).order_by(Ruling.id.desc()))


def submit(ruling, by, text="It was a quote"):
    with writing():
        return submit_appeal(db.session.get(Ruling, ruling.id), by=by, text=text)


def test_an_author_appeals_from_the_page_of_the_comment(as_, ada, hidden):
    client = as_(ada)
    link = f"/rulings/{newest().id}/appeal"

    assert f'href="{link}"' in client.get(f"/comments/{hidden.id}").text
    assert f'href="{link}"' in client.get("/account/notices").text
    response = client.post(link, data={"text": "It was a quote"})

    assert (response.status_code, response.location) == (303, link)
    page = client.get(link).text
    assert "이의신청을 접수했습니다" in page
    assert "It was a quote" in page
    assert f'href="{link}"' not in client.get(f"/comments/{hidden.id}").text
    assert "이의신청을 검토하고 있습니다." in client.get("/account/notices").text


def tombstones(client):
    """What stands in the thread for hidden comments, as text."""
    page = client.get("/articles/harbour").text
    found = re.findall('<p class="removed-comment">(.*?)</p>', page, re.DOTALL)
    return [" ".join(re.sub("<.*?>", "", text).split()) for text in found]


HIDDEN = "댓글 운영원칙에 따라 숨긴 댓글입니다. 사유: 욕설·인신공격"


def test_in_the_thread_only_its_author_reads_that_a_hidden_comment_is_theirs(
    as_, guest, ada, bora, mo, harbour, hidden
):
    root = say(harbour, bora, "The root")
    reply = say(harbour, ada, "A rude reply", to=root)
    with writing():
        decisions.hide(reply, by=mo, reason="abuse")

    assert tombstones(as_(ada)) == [f"{HIDDEN} 내 댓글 이의신청"] * 2
    for client in (guest, as_(bora), as_(mo)):
        assert tombstones(client) == [HIDDEN] * 2
    page = as_(ada).get("/articles/harbour").text
    for ruling in db.session.scalars(select(Ruling)):
        assert f'href="/rulings/{ruling.id}/appeal"' in page
    assert "late again" not in page


def test_a_hidden_comment_of_ones_own_has_no_link_to_an_appeal_that_cannot_be_made(
    as_, ada, hidden
):
    submit(newest(), by=ada)

    assert tombstones(as_(ada)) == [f"{HIDDEN} 내 댓글"]


def test_a_page_without_hidden_comments_of_ones_own_asks_the_database_once(
    as_, ada, bora, hidden, harbour
):
    say(harbour, bora, "Another")
    client = as_(bora)
    client.get("/articles/harbour")

    with count_queries() as queries:
        client.get("/articles/harbour")

    # as without hidden comments (see test_read_thread), and whether the hidden ones are bora's
    assert len(queries) == 7


def test_another_moderator_upholds_an_appeal_and_both_read_the_outcome(
    as_, guest, ada, mo, minah, harbour, hidden
):
    ruling = newest()
    submit(ruling, ada)

    response = as_(minah).post(
        f"/desk/appeals/{ruling.id}/decide",
        data={"outcome": "uphold", "says": "It quotes the article."},
    )

    assert response.status_code == 303
    assert "The ferry is late again" in guest.get("/articles/harbour").text
    notices = as_(ada).get("/account/notices").text
    assert "이의신청 인용" in notices
    assert "It quotes the article." in notices
    assert notices.count('id="notice-') == 2  # the hiding and the outcome
    first = as_(mo)
    assert "<b>1</b>" in first.get("/desk/appeals").text
    assert "It quotes the article." in first.get("/desk/appeals").text
    first.post("/desk/appeals/seen")
    assert "<b>1</b>" not in first.get("/desk/appeals").text
    assert find_tampered(db.session.scalars(select(Ruling).order_by(Ruling.id))) is None


def test_a_rejected_appeal_changes_nothing_and_gives_the_reason(as_, guest, ada, minah, hidden):
    ruling = newest()
    submit(ruling, ada)

    as_(minah).post(
        f"/desk/appeals/{ruling.id}/decide",
        data={"outcome": "reject", "says": "It names somebody."},
    )

    assert "The ferry" not in guest.get("/articles/harbour").text
    page = as_(ada).get(f"/rulings/{ruling.id}/appeal").text
    assert "이의신청 기각" in page
    assert "It names somebody." in page


def test_a_moderator_does_not_decide_an_appeal_against_their_own_decision(
    as_, ada, mo, minah, hidden
):
    ruling = newest()
    waiting = submit(ruling, ada)
    url = f"/desk/appeals/{ruling.id}/decide"

    response = as_(mo).post(url, data={"outcome": "reject", "says": "No."})

    assert response.status_code == 403
    assert f'action="{url}"' not in as_(mo).get("/desk/appeals").text
    assert "다른 운영자가 결정합니다" in as_(mo).get("/desk/appeals").text
    with pytest.raises(OwnDecision), writing():
        decide(waiting, by=mo, uphold=True, note="Yes.")
    assert db.session.get(Appeal, ruling.id).decided_at is None


def test_a_moderator_does_not_decide_their_own_appeal(as_, mo, minah, harbour):
    comment = say(harbour, minah, "Remark of a moderator")
    with writing():
        decisions.hide(comment, by=mo, reason="abuse")
    ruling = newest()
    submit(ruling, minah)

    response = as_(minah).post(
        f"/desk/appeals/{ruling.id}/decide", data={"outcome": "uphold", "says": "Mine."}
    )

    assert response.status_code == 403


def test_a_lone_moderator_reads_that_an_administrator_decides(as_, ada, mo, hidden):
    submit(newest(), ada)

    page = as_(mo).get("/desk/appeals").text

    assert "flask --app wsgi moderation decide" in page


def test_a_decision_is_appealed_only_once(as_, ada, hidden):
    ruling = newest()
    client = as_(ada)
    client.post(f"/rulings/{ruling.id}/appeal", data={"text": "First"})

    response = client.post(f"/rulings/{ruling.id}/appeal", data={"text": "Second"})

    assert response.status_code == 409
    assert [each.text for each in db.session.scalars(select(Appeal))] == ["First"]


def test_an_empty_appeal_is_refused(as_, ada, hidden):
    response = as_(ada).post(f"/rulings/{newest().id}/appeal", data={"text": " "})

    assert response.status_code == 422
    assert 'role="alert"' in response.text


def test_only_the_author_can_appeal(as_, bora, guest, hidden):
    url = f"/rulings/{newest().id}/appeal"

    assert as_(bora).get(url).status_code == 403
    assert as_(bora).post(url, data={"text": "Hers"}).status_code == 403
    assert guest.get(url).location == f"/sign-in?next={url}"
    assert guest.post(url, data={"text": "Hers", "key": "made.up.key"}).status_code == 401


def test_an_appeal_after_fourteen_days_is_refused(as_, ada, hidden):
    ruling = newest()

    with time_machine.travel(now() + timedelta(days=14, seconds=1)):
        page = as_(ada).get(f"/rulings/{ruling.id}/appeal").text
        with pytest.raises(NotAppealable):
            submit(ruling, ada)

    assert "더 이상 이의신청을 할 수 없습니다" in page


def test_a_restored_comment_cannot_be_appealed(ada, mo, hidden):
    ruling = newest()
    with writing():
        decisions.restore(db.session.get(Comment, hidden.id), by=mo, reason="review")

    with pytest.raises(NotAppealable):
        submit(ruling, ada)


def test_only_the_hiding_in_force_can_be_appealed(ada, mo, hidden):
    first = newest()
    with writing():
        decisions.restore(hidden, by=mo, reason="review")
        decisions.hide(hidden, by=mo, reason="spam")
    second = newest()

    with pytest.raises(NotAppealable):
        submit(first, ada)
    submit(second, ada)


def test_upholding_an_appeal_against_an_ended_decision_restores_nothing(ada, mo, minah, hidden):
    waiting = submit(newest(), ada)
    with writing():
        decisions.restore(hidden, by=mo, reason="review")
        decisions.hide(hidden, by=mo, reason="spam")

    with writing():
        decide(waiting, by=minah, uphold=True, note="The first was wrong.")

    assert hidden.hidden_for == "spam"


def test_a_suspended_user_appeals_from_the_sign_in_page(as_, guest, ada, mo, minah):
    password_hash = hash_password(PASSWORD)
    with writing():
        ada.password_hash = password_hash
        sanctions.suspend(ada, by=mo, until=now() + timedelta(days=7), reason="spam")
    ruling = newest()

    refused = guest.post("/sign-in", data={"email": ada.email, "password": PASSWORD})
    link = html.unescape(re.search(rf'href="(/rulings/{ruling.id}/appeal[^"]+)"', refused.text)[1])
    form = guest.get(link)
    key = re.search(r'name="key"[^>]* value="([^"]+)"', form.text)[1]
    sent = guest.post(f"/rulings/{ruling.id}/appeal", data={"text": "Not spam", "key": key})

    assert refused.status_code == 403
    assert form.headers["Cache-Control"] == "private, no-store"
    assert "Not spam" in guest.get(sent.location).text
    as_(minah).post(
        f"/desk/appeals/{ruling.id}/decide", data={"outcome": "uphold", "says": "It was not."}
    )
    assert (
        guest.post("/sign-in", data={"email": ada.email, "password": PASSWORD}).status_code == 303
    )


def test_the_appeal_link_of_a_suspended_user_is_valid_for_an_hour(guest, ada, mo):
    password_hash = hash_password(PASSWORD)
    with writing():
        ada.password_hash = password_hash
        sanctions.ban(ada, by=mo, reason="spam")
    refused = guest.post("/sign-in", data={"email": ada.email, "password": PASSWORD})
    link = html.unescape(re.search(r'href="(/rulings/[^"]+)"', refused.text)[1])

    with time_machine.travel(now() + timedelta(hours=1, seconds=2)):
        late = guest.get(link)

    assert late.location.startswith("/sign-in?next=")


def test_a_wrong_password_gets_no_appeal_link(guest, ada, mo):
    password_hash = hash_password(PASSWORD)
    with writing():
        ada.password_hash = password_hash
        sanctions.ban(ada, by=mo, reason="spam")

    refused = guest.post("/sign-in", data={"email": ada.email, "password": "wrong horse battery"})

    assert "/appeal" not in refused.text


@pytest.mark.slow
@pytest.mark.parametrize("rows", [1, 25])
def test_the_appeals_page_has_a_fixed_number_of_queries(as_, mo, minah, harbour, rows):
    for number in range(rows):
        author = person(f"reader{number}")
        comment = say(harbour, author, f"Remark {number}")
        with writing():
            decisions.hide(comment, by=mo, reason="abuse")
        submit(newest(), author)
    client = as_(minah)

    with count_queries() as queries:
        page = client.get("/desk/appeals").text

    assert page.count('id="appeal-') == rows
    assert len([each for each in queries if each.startswith("SELECT")]) <= 13


def test_the_reason_of_a_suspension_does_not_mention_a_hidden_comment(app, as_, ada, minah):
    with writing():
        warned = sanctions.warn(ada, by=minah, reason="abuse")

    page = as_(ada).get(f"/rulings/{warned.id}/appeal").text

    assert "특정인을 비방하는 표현이 있어 경고했습니다." in page
    with app.test_request_context():
        assert reason_sentence("abuse", verdict="ban").endswith("표현이 있어 이용을 제한했습니다.")
        assert reason_sentence("abuse", verdict="hide").endswith("표현이 있어 숨겼습니다.")
        own = "지난 댓글을 숨겼습니다. 다시 쓰지 마십시오."
        assert reason_sentence("other", own, verdict="warn") == own

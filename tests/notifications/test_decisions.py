"""A user reads the decisions about them with reasons, never the moderator."""

import re

import pytest
from sqlalchemy import select

from board.comments.writing import create
from board.db import db, writing
from board.moderation.rulings import decisions
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from conftest import say


def notices(client):
    return client.get("/account/notices").text


def test_an_author_reads_that_a_comment_was_hidden_and_why(as_, ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})

    page = notices(as_(ada))

    assert "댓글 숨김" in page
    assert "욕설이나 특정인을 비방하는 표현이 있어 숨겼습니다." in page
    assert f'href="/comments/{comment.id}"' in page
    assert "mo" not in page.split("<main")[1].split("</main")[0].replace("more", "")


def test_a_notification_quotes_the_comment_and_its_article(as_, ada, mo, harbour):
    comment = say(harbour, ada, "The pier is closed")
    as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})

    page = notices(as_(ada))

    assert re.search("<blockquote[^>]*>(<p>)?The pier is closed(</p>)?</blockquote>", page)
    assert f'<a href="/articles/{harbour.slug}">{harbour.title}</a>' in page


def test_unread_notifications_are_counted_until_they_are_read(as_, ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})
    client = as_(ada)
    badge = 'href="/account/notices">알림 <b>1</b>'

    before = client.get("/").text
    client.post("/account/notices/seen", data={"next": "/account"})

    assert badge in before
    assert badge not in client.get("/").text


def test_other_users_get_no_notification(as_, ada, bora, mo, harbour):
    comment = say(harbour, ada, "Remark")
    as_(mo).post(f"/comments/{comment.id}/hide", data={"reason": "abuse"})

    assert "알림이 없습니다." in notices(as_(bora))


def test_an_approved_public_comment_is_no_notification(as_, ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    with writing():
        decisions.keep(comment, by=mo)

    assert "알림이 없습니다." in notices(as_(ada))


def test_an_approved_held_comment_is_a_notification(as_, ada, mo, harbour, monkeypatch):
    monkeypatch.setattr(create, "pre_post_checks", [lambda draft: "word"])
    comment = say(harbour, ada, "Remark")
    with writing():
        decisions.keep(comment, by=mo)

    assert "다른 이용자도 볼 수 있습니다." in notices(as_(ada))


def test_an_undone_decision_is_no_notification(as_, ada, mo, harbour):
    comment = say(harbour, ada, "Remark")
    with writing():
        decisions.hide(comment, by=mo, reason="abuse")
    [ruling] = db.session.scalars(select(Ruling))

    with writing():
        append_ruling(Verdict.RESTORE, by=mo, comment=comment, reason="undone", undoes=ruling)

    assert "댓글 숨김" not in notices(as_(ada))


def test_marking_as_read_redirects_only_within_the_site(as_, ada):
    answer = as_(ada).post("/account/notices/seen", data={"next": "https://evil.example/"})

    assert answer.location == "/"


@pytest.mark.slow
def test_notifications_are_paged(as_, ada, mo, harbour):
    for number in range(31):
        comment = say(harbour, ada, f"Remark {number}")
        with writing():
            decisions.hide(comment, by=mo, reason="abuse")
    client = as_(ada)

    first = client.get("/account/notices").text
    [oldest] = db.session.scalars(select(Ruling).order_by(Ruling.id).limit(1))
    second = client.get(f"/account/notices?before={oldest.id + 1}").text

    assert (first.count('id="notice-'), second.count('id="notice-')) == (30, 1)

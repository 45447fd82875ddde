"""A text that a court has finally found unlawful is held when it is posted again."""

import pytest
from sqlalchemy import select

from board.comments.models import Comment
from board.db import db, writing
from board.law.banned_texts import models as banned_texts
from board.law.banned_texts.models import BannedText, BannedTextKey, TooShort
from conftest import count_queries, say

LIE = "부두 시장 김갑돌 후보는 지난해 어민들의 보상금 삼억 원을 가로채 달아났다가 돌아왔습니다"


@pytest.fixture
def lie(mo):
    with writing():
        return banned_texts.ban_text(LIE, by=mo, case="부두지방법원 2025고합7")


@pytest.mark.parametrize(
    "again",
    [
        LIE,
        LIE.replace(" ", ""),
        LIE.replace("김갑돌", "김 갑.돌") + "!!!",
        "다들 아시나요? " + LIE + " 널리 알립시다",
    ],
)
def test_a_banned_text_is_held_however_it_is_spelt(ada, harbour, lie, again):
    assert say(harbour, ada, again).held_for == "barred"


@pytest.mark.parametrize(
    "other",
    [
        "부두 시장이 오늘 다시 문을 열었습니다",
        "김갑돌 후보에 대한 거짓말이 돌고 있다니 안타깝습니다. 사실을 확인하고 말합시다",
        "ㅋㅋ",
        "",
        "https://[a/b https://[::1/x https://a]/b",
    ],
)
def test_other_texts_are_not_held(ada, harbour, lie, other):
    assert banned_texts.match_banned(other) is None


def test_a_banned_link_is_held_and_other_pages_of_its_site_are_not(ada, harbour, mo):
    with writing():
        banned_texts.ban_text("https://www.video.example/watch/7?x=1", by=mo, case="법원")

    assert say(harbour, ada, "보세요 https://video.example/watch/7?x=1 여기").held_for == "barred"
    assert say(harbour, ada, "보세요 https://video.example/watch/8").held_for is None
    assert say(harbour, ada, "https://video.example/").held_for is None


def test_a_banned_link_with_hangul_is_the_same_encoded_and_before_a_particle(ada, harbour, mo):
    with writing():
        banned_texts.ban_text("https://video.example/영상/7?제목=바다", by=mo, case="법원")

    for link in (
        "https://video.example/영상/7?제목=바다를",
        "https://video.example/%EC%98%81%EC%83%81/7?%EC%A0%9C%EB%AA%A9=%EB%B0%94%EB%8B%A4",
    ):
        assert say(harbour, ada, f"여기 {link} 보세요", key=link).held_for == "barred"
    assert say(harbour, ada, "여기 https://video.example/영상/8 보세요").held_for is None


def test_an_edit_to_a_banned_text_is_held(as_, app, ada, harbour, lie):
    app.config["EDIT_WINDOW_MINUTES"] = 10
    comment = say(harbour, ada, "Harmless")

    as_(ada).post(f"/comments/{comment.id}/edit", data={"body": LIE, "version": "0"})

    assert db.session.get_one(Comment, comment.id).held_for == "barred"


def test_the_text_itself_is_not_stored(lie):
    assert LIE not in str([vars(row) for row in db.session.scalars(select(BannedText))])
    assert db.session.scalars(select(BannedTextKey)).all() != []


def test_a_moderator_bans_a_comment_by_its_link_and_unbans_it(as_, guest, mo, ada, harbour):
    comment = say(harbour, ada, LIE)
    client = as_(mo)
    form = client.get(f"/desk/barred?comment={comment.id}").text
    assert f"/comments/{comment.id}</textarea>" in form

    data = {"what": f"http://localhost/comments/{comment.id}", "case": "법원 1"}
    assert client.post("/desk/barred", data=data).status_code == 303

    again = say(harbour, ada, LIE, key="again")
    assert again.held_for == "barred"
    assert "법원이 불법으로 확정한 글과 같음" in client.get("/desk/comments?queue=held").text
    [banned] = db.session.scalars(select(BannedText))
    assert banned.comment_id == comment.id
    client.post(f"/desk/barred/{banned.id}/unbar")
    assert say(harbour, ada, LIE, key="once more").held_for is None
    assert "차단한 글이 없습니다" in client.get("/desk/barred").text


@pytest.mark.parametrize(
    "data",
    [
        {"what": "", "case": "법원"},
        {"what": LIE, "case": ""},
        {"what": "예", "case": "법원"},
        {"what": "http://localhost/comments/999", "case": "법원"},
        {"what": "https://video.example/", "case": "법원"},
    ],
)
def test_incomplete_or_too_short_bans_are_refused(as_, mo, data):
    assert as_(mo).post("/desk/barred", data=data).status_code == 422
    assert db.session.scalar(select(BannedText)) is None


def test_a_short_text_cannot_be_banned(mo):
    with pytest.raises(TooShort), writing():
        banned_texts.ban_text("네네", by=mo, case="법원")


def test_a_text_is_looked_up_in_one_query_by_key(ada, harbour, lie):
    with count_queries() as queries:
        banned_texts.match_banned(LIE)

    assert len(queries) == 1
    query = queries[0].replace("?", "1")
    plan = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query}").all()
    assert [row[3].split(" USING ")[0] for row in plan] == [
        "SEARCH barred_key",
        "SEARCH barred_text",
    ]

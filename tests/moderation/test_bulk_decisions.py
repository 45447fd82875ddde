"""A moderator decides about many comments at once, and reads what was done to how many."""

import re

import pytest
from sqlalchemy import select

from board.comments.writing import create
from board.db import db, writing
from board.moderation.desk import bulk
from board.moderation.rulings import decisions
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from conftest import person, said, say, without_notice

QUEUE = "/desk/comments?queue=held"


@pytest.fixture
def held(ada, harbour, monkeypatch):
    monkeypatch.setattr(create, "pre_post_checks", [lambda draft: "word"])
    return [say(harbour, ada, word) for word in ("One", "Two", "Three", "Four")]


def seen_on(page):
    return re.search(r'name="seen" value="(\d+)"', page)[1]


def send(client, comments, act, *, seen="", queue="held", **fields):
    ids = [str(comment.id) for comment in comments]
    data = {"act": act, "comment": ids, "queue": queue, "next": QUEUE, "seen": seen, **fields}
    return client.post("/desk/comments/bulk", data=data)


def verdicts_on(comment):
    rows = db.session.scalars(select(Ruling).where(Ruling.comment_id == comment.id))
    return [row.verdict for row in rows.all()]


@pytest.mark.parametrize(
    ("act", "text", "english"),
    [
        ("hide", "댓글 4개를 숨겼습니다.", "4 comments hidden."),
        ("keep", "댓글 4개를 승인했습니다.", "4 comments approved."),
    ],
)
def test_it_says_how_many_it_changed(as_, mo, held, act, text, english):
    answer = send(as_(mo), held, act, bulk_reason="spam")

    assert without_notice(answer) == QUEUE
    assert (said(answer), said(answer, "en")) == (text, english)
    assert f"{text} 30초 안에 되돌릴 수 있습니다." in as_(mo).get(answer.location).text


def test_what_a_colleague_decided_since_the_page_was_made_stands_and_is_counted(as_, mo, held):
    client, colleague = as_(mo), person("min", can_moderate=True)
    seen = seen_on(client.get(QUEUE).text)
    with writing():
        decisions.keep(held[0], by=colleague)
        decisions.hide(held[1], by=colleague, reason="abuse")
        held[2].delete()

    answer = send(client, held, "hide", seen=seen, bulk_reason="spam")

    assert said(answer) == (
        "댓글 1개를 숨겼습니다. 2개는 다른 운영자가 먼저 처리했습니다. "
        "1개는 삭제되었거나 법적 조치로 숨긴 댓글이어서 그대로입니다."
    )
    assert said(answer, "en") == (
        "1 comment hidden. 2 had already been decided by somebody else. "
        "1 is as before: deleted, or hidden for legal reasons."
    )
    assert [comment.hidden_for for comment in held] == [None, "abuse", None, "spam"]
    assert verdicts_on(held[0]) == [Verdict.KEEP]


def test_two_moderators_who_send_the_same_choice_decide_each_comment_once(as_, mo, held):
    other = person("min", can_moderate=True)
    seen = seen_on(as_(mo).get(QUEUE).text)

    first = send(as_(mo), held, "keep", seen=seen)
    second = send(as_(other), held, "hide", seen=seen, bulk_reason="spam")

    assert said(first) == "댓글 4개를 승인했습니다."
    assert said(second) == "댓글 0개를 숨겼습니다. 4개는 다른 운영자가 먼저 처리했습니다."
    assert [verdicts_on(comment) for comment in held] == [[Verdict.KEEP]] * 4


def test_comments_that_do_not_exist_are_left(as_, mo, held):
    fields = {"act": "keep", "comment": [str(held[0].id), "999999"], "queue": "held"}

    answer = as_(mo).post("/desk/comments/bulk", data={**fields, "next": QUEUE})

    assert said(answer, "en") == (
        "1 comment approved. 1 is as before: deleted, or hidden for legal reasons."
    )


def test_a_comment_is_counted_once_however_often_it_is_named(as_, mo, held):
    answer = send(as_(mo), [held[0]] * 3, "keep")

    assert said(answer) == "댓글 1개를 승인했습니다."


@pytest.mark.parametrize("seen", ["", "x", "-1", "9" * 30])
def test_a_form_that_does_not_say_what_was_seen_decides_all_the_same(as_, mo, held, seen):
    assert said(send(as_(mo), held, "keep", seen=seen)) == "댓글 4개를 승인했습니다."


@pytest.mark.slow
def test_many_writes_are_one_batch_that_undo_takes_back(as_, mo, held, monkeypatch):
    monkeypatch.setattr(bulk, "WRITE_MAX", 3)
    client = as_(mo)
    page = client.get(send(client, held, "hide", bulk_reason="spam").location).text
    undo = re.search(r'action="(/desk/rulings/\d+/undo)"', page)[1]

    answer = client.post(undo, data={"next": QUEUE})

    assert said(answer) == "처리를 취소했습니다. 댓글 4개는 처리 전과 같습니다."
    assert said(answer, "en") == "Undone. 4 comments are as they were."
    assert [comment.held_for for comment in held] == ["word"] * 4


def undo_path(client, answer):
    return re.search(r'action="(/desk/rulings/\d+/undo)"', client.get(answer.location).text)[1]


def test_undo_leaves_what_a_colleague_decided_since(as_, mo, held):
    client, colleague = as_(mo), person("min", can_moderate=True)
    undo = undo_path(client, send(client, held, "hide", bulk_reason="spam"))
    with writing():
        decisions.restore(held[0], by=colleague, reason="review")

    answer = client.post(undo, data={"next": QUEUE})

    assert said(answer) == "처리를 취소했습니다. 댓글 3개는 처리 전과 같습니다."
    assert [comment.held_for for comment in held] == [None, "word", "word", "word"]
    assert verdicts_on(held[0]) == [Verdict.HIDE, Verdict.RESTORE]
    assert client.post(undo, data={"next": QUEUE}).status_code == 409


@pytest.mark.slow
def test_undo_takes_back_a_batch_between_whose_parts_colleagues_decided(
    as_, mo, bora, harbour, held, monkeypatch
):
    """As many decisions of others as a batch can have."""
    monkeypatch.setattr(bulk, "WRITE_MAX", 2)
    colleague, decide = person("min", can_moderate=True), bulk._decide

    def decide_and_let_others(*args):
        decide(*args)
        for number in range(1000):
            append_ruling(Verdict.WARN, by=colleague, about=bora, reason="spam", n=number)

    monkeypatch.setattr(bulk, "_decide", decide_and_let_others)
    client = as_(mo)
    undo = undo_path(client, send(client, held, "hide", bulk_reason="spam"))

    client.post(undo, data={"next": QUEUE})

    assert [comment.held_for for comment in held] == ["word"] * 4


def test_restoring_says_how_many_the_law_keeps_hidden(as_, mo, ada, harbour):
    comments = [say(harbour, ada, word) for word in ("One", "Two")]
    with writing():
        decisions.hide(comments[0], by=mo, reason="spam")
        decisions.hide_for_legal_claim(comments[1], by=mo, reason="order", order=7)

    answer = send(as_(mo), comments, "restore", queue="hidden")

    assert said(answer) == (
        "댓글 1개를 복원했습니다. 1개는 삭제되었거나 법적 조치로 숨긴 댓글이어서 그대로입니다."
    )


def test_all_that_match_the_filters_are_decided_and_the_filters_stay(as_, mo, bora, harbour, held):
    say(harbour, bora, "Five")
    fields = {"all": "keep", "queue": "held", "author": "bora", "next": f"{QUEUE}&author=bora"}
    client = as_(mo)
    asked = client.post("/desk/comments/bulk", data=fields).text
    assert "댓글 1개를 승인할까요?" in asked
    assert '<input type="hidden" name="author" value="bora">' in asked

    answer = client.post("/desk/comments/bulk", data={**fields, "count": "1"})

    assert without_notice(answer) == f"{QUEUE}&author=bora"
    assert said(answer) == "댓글 1개를 승인했습니다."
    assert [comment.held_for for comment in held] == ["word"] * 4

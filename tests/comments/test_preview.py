"""An author previews a comment before posting it."""

import re

from sqlalchemy import func, select

from board.comments.models import Comment
from board.db import db
from conftest import say


def post(client, **fields):
    return client.post("/articles/harbour/comments", data={"key": "k1", **fields})


def stored():
    return db.session.scalar(select(func.count()).select_from(Comment))


def previewed(response):
    match = re.search(r'data-preview.*?<div class="text"[^>]*>(.*?)</div>', response.text, re.S)
    return match and match[1]


def test_the_preview_is_the_comment_as_it_will_look(as_, ada, harbour):
    client = as_(ada)
    text = "첫 줄\n둘째 줄\n\nhttps://a.example/b를 <b>보세요</b>"

    preview = post(client, body=text, preview="1")
    before = stored()
    post(client, body=text)

    assert (preview.status_code, before, stored()) == (200, 0, 1)
    assert previewed(preview) == db.session.scalar(select(Comment.html))


def test_the_form_keeps_text_and_key_so_that_it_posts_once(as_, ada, harbour):
    client = as_(ada)

    page = post(client, body="Soon to be posted", preview="1").text

    assert "Soon to be posted</textarea>" in page
    assert re.search(r'name="key"[^>]* value="([^"]+)"', page)[1] == "k1"


def test_a_reply_is_previewed_on_its_own_page(as_, ada, bora, harbour):
    root = say(harbour, bora, "Root")

    page = post(as_(ada), body="A reply", parent=root.id, preview="1")

    assert previewed(page) == "<p>A reply</p>"
    assert f'name="parent" value="{root.id}"' in page.text
    assert stored() == 1


def test_an_edit_is_previewed_and_nothing_is_changed(as_, ada, harbour):
    comment = say(harbour, ada, "Before")
    fields = {"body": "After", "version": 0, "preview": "1"}

    page = as_(ada).post(f"/comments/{comment.id}/edit", data=fields)

    assert (page.status_code, previewed(page)) == (200, "<p>After</p>")
    assert comment.body == "Before"


def test_an_invalid_text_is_not_previewed(as_, ada, harbour):
    client = as_(ada)

    answers = [post(client, body=body, preview="1") for body in ("", "가" * 301)]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert [previewed(answer) for answer in answers] == [None, None]


def test_previews_do_not_count_for_limits(app, as_, ada, harbour):
    app.config["COMMENT_INTERVAL_SECONDS"] = 60
    client = as_(ada)

    for _ in range(3):
        assert post(client, body="Again", preview="1").status_code == 200

    assert post(client, body="Again").status_code == 303


def test_a_guest_is_asked_to_sign_in(guest, harbour):
    assert post(guest, body="Words", preview="1").status_code == 401

"""A held comment: its author sees it, nobody else can."""

import pytest

from board.comments.models import Comment
from board.comments.writing import create
from board.db import db, writing
from board.moderation.rulings import decisions
from conftest import say


@pytest.fixture
def held_if_rude(monkeypatch):
    """Comments that contain "rude" are held."""
    check = lambda draft: "word" if "rude" in draft.body.text else None  # noqa: E731
    monkeypatch.setattr(create, "pre_post_checks", [lambda draft: None, check])


def send(client, text, **fields):
    return client.post("/articles/harbour/comments", data={"body": text, **fields})


def test_the_author_of_a_held_comment_sees_it_marked(as_, ada, harbour, held_if_rude):
    client = as_(ada)

    answer = send(client, "A rude remark")
    page = client.get(answer.location).text

    assert answer.status_code == 303
    assert "A rude remark" in page
    assert 'id="held"' in page
    assert "운영자가 확인한 뒤" in page


def test_nobody_else_can_read_count_or_find_a_held_comment(
    as_, guest, ada, bora, harbour, held_if_rude
):
    send(as_(ada), "A rude remark")
    [comment] = db.session.scalars(db.select(Comment))

    for client in (guest, as_(bora)):
        for path in (
            "/articles/harbour",
            "/articles/harbour/comments",
            "/articles/harbour/comments?sort=liked",
            "/articles/harbour/comments/search?q=remark",
            "/api/v1/articles/harbour/comments",
            "/articles/harbour/comments.atom",
        ):
            assert "rude remark" not in client.get(path).text
        assert client.get(f"/comments/{comment.id}").status_code == 404
    assert harbour.comment_count == 0


def test_a_moderator_approves_a_held_comment_and_everyone_reads_it(
    as_, guest, ada, mo, harbour, held_if_rude
):
    send(as_(ada), "A rude remark")
    [comment] = db.session.scalars(db.select(Comment))

    with writing():
        decisions.keep(comment, by=mo)

    assert "A rude remark" in guest.get("/articles/harbour").text
    assert "A rude remark" in guest.get(f"/comments/{comment.id}").text
    assert harbour.comment_count == 1
    assert "A rude remark" in guest.get("/articles/harbour/comments/search?q=remark").text


def test_a_held_comment_that_is_hidden_leaves_no_tombstone(
    as_, guest, ada, mo, harbour, held_if_rude
):
    send(as_(ada), "A rude remark")
    [comment] = db.session.scalars(db.select(Comment))

    with writing():
        decisions.hide(comment, by=mo, reason="abuse")

    assert 'class="removed-comment"' not in guest.get("/articles/harbour").text
    assert guest.get(f"/comments/{comment.id}").status_code == 404
    assert "A rude remark" in as_(ada).get(f"/comments/{comment.id}").text


def test_a_held_comment_restored_later_takes_its_place(as_, guest, ada, mo, harbour, held_if_rude):
    send(as_(ada), "A rude remark")
    [comment] = db.session.scalars(db.select(Comment))
    with writing():
        decisions.hide(comment, by=mo, reason="abuse")

    with writing():
        decisions.restore(comment, by=mo, reason="review")

    assert "A rude remark" in guest.get("/articles/harbour").text
    assert harbour.comment_count == 1


def test_an_approved_reply_appears_below_its_deleted_root(
    as_, guest, ada, bora, mo, harbour, held_if_rude
):
    root = say(harbour, ada, "Root")
    send(as_(bora), "A rude reply", parent=root.id)
    [reply] = db.session.scalars(db.select(Comment).where(Comment.root_id.is_not(None)))
    as_(ada).post(f"/comments/{root.id}/delete")
    assert guest.get(f"/comments/{root.id}").status_code == 404

    with writing():
        decisions.keep(reply, by=mo)

    page = guest.get(f"/comments/{root.id}").text
    assert "A rude reply" in page
    assert (root.listed, root.reply_count, harbour.comment_count) == (True, 1, 1)


def test_a_visible_comment_with_replies_leaves_a_tombstone_while_it_is_held(
    guest, ada, bora, harbour
):
    root = say(harbour, ada, "Something edited")
    say(harbour, bora, "The answer", to=root)

    with writing():
        root._set_held(reason="word")

    page = guest.get("/articles/harbour").text
    assert "Something edited" not in page
    assert "The answer" in page
    assert "운영자가 확인하고 있는 댓글입니다." in page


def test_the_author_may_delete_a_held_comment(as_, ada, harbour, held_if_rude):
    send(as_(ada), "A rude remark")
    [comment] = db.session.scalars(db.select(Comment))

    answer = as_(ada).post(f"/comments/{comment.id}/delete")

    assert answer.status_code == 303
    with writing():
        assert comment._set_kept() is False
    assert (comment.body, harbour.comment_count) == ("", 0)


def test_a_post_refused_by_a_check_is_not_stored(as_, ada, harbour, monkeypatch):
    def refuse(draft):
        raise create.ThreadClosed

    monkeypatch.setattr(create, "pre_post_checks", [refuse])

    answer = send(as_(ada), "Anything")

    assert answer.status_code == 409
    assert "Anything" in answer.text
    assert db.session.scalar(db.select(Comment)) is None


def test_effects_of_a_new_comment_are_written_with_it(ada, harbour, monkeypatch):
    seen = []
    monkeypatch.setattr(create, "after_post", [lambda comment: seen.append(comment.id)])

    comment = say(harbour, ada, "Hello")
    again = say(harbour, ada, "Hello again")

    assert seen == [comment.id, again.id]

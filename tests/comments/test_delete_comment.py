"""An author deletes a comment."""

from sqlalchemy import text

from board.db import db
from conftest import say


def test_a_comment_without_replies_is_gone(as_, guest, ada, harbour):
    comment = say(harbour, ada, "Never mind")

    response = as_(ada).post(f"/comments/{comment.id}/delete")

    assert (response.status_code, response.location) == (303, "/articles/harbour#comments")
    page = guest.get("/articles/harbour").text
    assert "Never mind" not in page
    assert f"comment-{comment.id}" not in page
    assert harbour.comment_count == 0
    assert guest.get(f"/comments/{comment.id}").status_code == 404


def test_a_comment_with_replies_leaves_a_tombstone_without_a_name(as_, guest, ada, bora, harbour):
    root = say(harbour, ada, "Never mind")
    say(harbour, bora, "But I do", to=root)

    as_(ada).post(f"/comments/{root.id}/delete")

    page = guest.get("/articles/harbour").text
    assert "Never mind" not in page
    assert "ada" not in page
    assert "작성자가 삭제한 댓글입니다." in page
    assert "But I do" in page
    assert harbour.comment_count == 1


def test_a_tombstone_goes_when_the_last_reply_goes(as_, guest, ada, bora, harbour):
    root = say(harbour, ada, "Root")
    reply = say(harbour, bora, "Reply", to=root)
    answer = say(harbour, ada, "Answer", to=reply)
    as_(ada).post(f"/comments/{root.id}/delete")
    as_(bora).post(f"/comments/{reply.id}/delete")
    assert guest.get("/articles/harbour").text.count('class="removed-comment"') == 2

    as_(ada).post(f"/comments/{answer.id}/delete")

    page = guest.get("/articles/harbour").text
    assert page.count('class="removed-comment"') == 0
    assert (harbour.comment_count, root.reply_count) == (0, 0)


def test_the_text_is_gone_from_the_database_too(as_, ada, bora, harbour):
    root = say(harbour, ada, "Words I regret")
    say(harbour, bora, "Reply", to=root)

    as_(ada).post(f"/comments/{root.id}/delete")

    everything = db.session.execute(text("SELECT body, html FROM comment")).all()
    assert "Words I regret" not in str(everything)


def test_deleting_twice_changes_nothing_more(as_, ada, harbour):
    comment = say(harbour, ada, "Once")
    say(harbour, ada, "Other")

    for _ in range(2):
        as_(ada).post(f"/comments/{comment.id}/delete")

    assert harbour.comment_count == 1


def test_nobody_can_delete_the_comment_of_another(as_, guest, ada, bora, mo, harbour):
    comment = say(harbour, ada, "Mine")

    statuses = [
        client.post(f"/comments/{comment.id}/delete").status_code
        for client in (guest, as_(bora), as_(mo))
    ]

    assert statuses == [401, 403, 403]
    assert comment.deleted_at is None


def test_a_reader_sees_their_own_comments_without_deleted_ones(as_, ada, bora, harbour):
    say(harbour, ada, "Kept")
    deleted = say(harbour, ada, "Deleted")
    say(harbour, bora, "Not mine")
    client = as_(ada)
    client.post(f"/comments/{deleted.id}/delete")

    page = client.get("/account/comments").text

    assert "Kept" in page
    assert "Deleted" not in page
    assert "Not mine" not in page

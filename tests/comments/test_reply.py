"""A reader replies: under the root, oldest first, with the name of the author replied to."""

import re

import pytest
from sqlalchemy import select

from board.articles.models import Article
from board.comments.models import Comment
from board.db import db
from conftest import count_queries, keep, more_link, say


def texts(page):
    return re.findall(r"<p>(\w[^<]*)</p></div>", page)


def test_a_reply_is_under_its_root_and_names_the_author_it_replies_to(
    as_, guest, ada, bora, harbour
):
    root = say(harbour, ada, "Root")

    response = as_(bora).post(
        "/articles/harbour/comments", data={"body": "Reply", "parent": str(root.id)}
    )

    [reply] = db.session.scalars(select(Comment).where(Comment.parent_id == root.id))
    assert response.location == f"/comments/{reply.id}#comment-{reply.id}"
    page = guest.get("/articles/harbour").text
    assert f'<a class="reply-target" href="/comments/{root.id}">ada</a> <p>Reply</p>' in page


def test_a_reply_to_a_reply_keeps_its_parent_and_is_shown_on_the_second_level(
    guest, ada, bora, harbour
):
    root = say(harbour, ada, "Root")
    reply = say(harbour, bora, "Reply", to=root)
    answer = say(harbour, ada, "Answer", to=reply)

    assert (answer.parent_id, answer.root_id) == (reply.id, root.id)
    page = guest.get("/articles/harbour").text
    assert f'<a class="reply-target" href="/comments/{reply.id}">bora</a> <p>Answer</p>' in page
    assert page.count('class="replies"') == 1


def test_roots_are_newest_first_and_replies_oldest_first(guest, ada, bora, harbour):
    first = say(harbour, ada, "First root")
    say(harbour, ada, "Second root")
    say(harbour, bora, "Early reply", to=first)
    say(harbour, bora, "Late reply", to=first)

    assert texts(guest.get("/articles/harbour").text) == [
        "Second root", "First root", "Early reply", "Late reply",
    ]  # fmt: skip


def test_replies_count_in_the_total_and_on_their_root(guest, ada, bora, harbour):
    root = say(harbour, ada, "Root")
    say(harbour, bora, "Reply", to=root)

    assert (harbour.comment_count, root.reply_count) == (2, 1)


def test_the_article_shows_the_first_replies_and_the_conversation_all(guest, ada, bora, harbour):
    root = say(harbour, ada, "Root")
    for number in range(25):
        say(harbour, bora, f"Reply {number:02}", to=root)

    article = texts(guest.get("/articles/harbour").text)
    conversation = guest.get(f"/comments/{root.id}").text
    more = more_link(conversation)

    assert article == ["Root"] + [f"Reply {number:02}" for number in range(10)]
    assert texts(conversation) == ["Root"] + [f"Reply {number:02}" for number in range(20)]
    assert texts(guest.get(more).text) == ["Root"] + [f"Reply {n:02}" for n in range(20, 25)]


def test_the_link_to_a_reply_far_down_shows_that_reply(guest, ada, bora, harbour):
    root = say(harbour, ada, "Root")
    replies = [say(harbour, bora, f"Reply {number:02}", to=root) for number in range(30)]

    assert f'id="comment-{replies[27].id}"' in guest.get(f"/comments/{replies[27].id}").text


def test_nobody_can_reply_to_a_deleted_comment(as_, ada, bora, harbour):
    root = say(harbour, ada, "Root")
    as_(ada).post(f"/comments/{root.id}/delete")

    response = as_(bora).post(
        "/articles/harbour/comments", data={"body": "Why?", "parent": str(root.id)}
    )

    assert response.status_code == 409
    assert "Why?" in response.text


@pytest.mark.parametrize("verb", ["delete", "hide"])
def test_a_reply_stays_in_the_form_when_the_comment_goes_meanwhile(
    as_, ada, bora, mo, harbour, verb
):
    root = say(harbour, ada, "Root")
    say(harbour, bora, "Another", to=root)  # so that a tombstone stays
    who = ada if verb == "delete" else mo
    assert as_(who).post(f"/comments/{root.id}/{verb}", data={"reason": "spam"}).status_code == 303

    answer = as_(bora).post(
        "/articles/harbour/comments", data={"body": "So long to write", "parent": str(root.id)}
    )

    assert answer.status_code == 409 and ">So long to write</textarea>" in answer.text
    assert 'id="reply"' not in as_(bora).get(f"/comments/{root.id}").text


def test_nobody_can_reply_to_a_comment_of_another_article(as_, ada, harbour):
    elsewhere = keep(Article.publish(slug="elsewhere", title="Elsewhere"))
    root = say(elsewhere, ada, "Root")

    response = as_(ada).post(
        "/articles/harbour/comments", data={"body": "Hm", "parent": str(root.id)}
    )

    assert (response.status_code, harbour.comment_count) == (409, 0)


def test_a_parent_that_is_no_id_is_refused(as_, ada, harbour):
    for parent in ("x", "-1", "0", "1e3", "9" * 19, "٣"):
        response = as_(ada).post(
            "/articles/harbour/comments", data={"body": "Hm", "parent": parent}
        )
        assert response.status_code == 422, parent


def test_a_thread_of_one_and_a_thread_of_many_cost_the_same_queries(guest, ada, bora, harbour):
    def cost():
        with count_queries() as queries:
            guest.get("/articles/harbour")
        return len(queries)

    say(harbour, bora, "Reply 0", to=say(harbour, ada, "Root 0"))
    one = cost()
    for number in range(1, 15):
        say(harbour, bora, f"Reply {number}", to=say(harbour, ada, f"Root {number}"))

    assert cost() == one == 4

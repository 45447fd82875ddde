"""Fields that no form has: they change nothing, whatever they are called."""

import pytest
from sqlalchemy import inspect, select

from board.accounts.models import Session, User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db
from conftest import say


@pytest.fixture
def extra():
    """A value for every column there is, and for what attackers try."""
    tables = (User, Session, Comment, Article)
    names = {column.key for table in tables for column in inspect(table).columns}
    names |= {"role", "is_admin", "is_staff", "score", "author", "user", "ip"}
    typed = {"body", "name", "email", "password", "key", "text", "version", "parent", "next"}
    return dict.fromkeys(sorted(names - typed)[:45], "1")


def row_of(thing, *changed):
    db.session.expire_all()
    values = {column.key: getattr(thing, column.key) for column in inspect(type(thing)).columns}
    return {name: value for name, value in values.items() if name not in changed}


def test_a_comment_has_only_what_the_form_asks_for(as_, ada, bora, harbour, extra):
    as_(ada).post("/articles/harbour/comments", data={"body": "Plain", "key": "a"})
    as_(bora).post("/articles/harbour/comments", data={"body": "Plain 2", "key": "b", **extra})

    plain, second = db.session.scalars(select(Comment).order_by(Comment.id)).all()
    own = ("id", "author_id", "key", "body", "html", "text_hash", "posted_at", "root_id")
    assert row_of(second, *own) == row_of(plain, *own)
    assert second.author_id == bora.id


def test_an_edit_changes_only_the_text(as_, ada, harbour, extra):
    comment = say(harbour, ada, "Before")
    changed = ("body", "html", "text_hash", "edited_at")
    before = row_of(comment, *changed)

    data = {"body": "After", "version": "0", **extra}
    assert as_(ada).post(f"/comments/{comment.id}/edit", data=data).status_code == 303

    assert (comment.body, row_of(comment, *changed)) == ("After", before)


def test_a_new_name_changes_only_the_name(as_, ada, extra):
    names = ("name", "name_key", "revision")  # the last is raised by every new name
    before = row_of(ada, *names)
    client = as_(ada)
    data = {"name": "eda", **extra}

    assert client.post("/account/name", data=data).status_code == 303
    assert (ada.name, ada.revision, row_of(ada, *names)) == ("eda", 1, before)
    assert client.get("/desk").status_code == 403


def test_choosing_mail_gives_no_permission(as_, ada, extra):
    before = row_of(ada, "mail")

    chosen = dict.fromkeys(("reply", "mention", "decision", "featured"), "daily")
    answer = as_(ada).post("/account/notices/preferences", data={**chosen, **extra})

    assert answer.status_code == 303
    assert row_of(ada, "mail") == before

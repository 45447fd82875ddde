"""An operator fills a thread of any length; it is as if each comment had been posted."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from board.articles.models import Article
from board.comments.derived.wilson_score import lower_bound
from board.comments.models import Comment
from board.comments.search_index import index as search_index
from board.comments.viewer.reactions import Reaction, ReactionKind
from board.db import db, writing
from board.ops.sample import thread_generator
from board.ops.sample.cli import sample_cli


@pytest.fixture(autouse=True)
def small_batches(monkeypatch):
    monkeypatch.setattr(thread_generator, "BATCH", 7)
    # The best liked comment here has fifty votes.
    monkeypatch.setattr(thread_generator, "AUTHORS", 80)
    monkeypatch.setattr(thread_generator, "TEXTS", 90)


def sample_thread(app: Flask, count: int, slug: str = "long") -> list[Comment]:
    result = app.test_cli_runner().invoke(sample_cli, ["thread", slug, "--comments", str(count)])
    assert result.exit_code == 0, result.output
    article = db.session.scalars(Article.by_slug(slug)).one()
    comments = select(Comment).where(Comment.article_id == article.id).order_by(Comment.id)
    return list(db.session.scalars(comments))


def index_entries() -> set[tuple[str, int]]:
    """All terms of the index, each with the id of its comment."""
    db.session.rollback()
    with writing():
        db.session.execute(
            text("CREATE VIRTUAL TABLE entry USING fts5vocab(comment_words, instance)")
        )
        entries = {tuple(row) for row in db.session.execute(text("SELECT term, doc FROM entry"))}
        db.session.execute(text("DROP TABLE entry"))
    return entries


def test_the_thread_has_as_many_comments_as_requested(app, guest: FlaskClient):
    comments = sample_thread(app, 20)

    assert len(comments) == comments[0].article.comment_count == 20
    assert guest.get("/api/v1/counts?article=long").json["counts"] == {"long": 20}


def test_a_third_are_replies_and_their_roots_count_them(app):
    comments = sample_thread(app, 20)

    replies = [comment for comment in comments if comment.parent]
    assert len(replies) == 6
    assert all(reply.root == reply.parent and reply.root.root is None for reply in replies)
    for comment in comments:
        assert comment.reply_count == sum(reply.root == comment for reply in replies)


@pytest.mark.slow
def test_each_like_and_dislike_has_a_row(app):
    comments = sample_thread(app, 60)

    for comment in comments:
        votes = select(func.count()).where(Reaction.comment_id == comment.id)
        likes = db.session.scalar(votes.where(Reaction.choice == ReactionKind.LIKE))
        dislikes = db.session.scalar(votes.where(Reaction.choice == ReactionKind.DISLIKE))
        own = votes.where(Reaction.user_id == comment.author_id)
        assert (comment.like_count, comment.dislike_count) == (likes, dislikes)
        assert comment.rank == lower_bound(likes, dislikes)
        assert db.session.scalar(own) == 0
    assert sum(comment.like_count for comment in comments) > 50
    assert sum(comment.dislike_count for comment in comments) > 5


def test_the_search_index_is_the_same_as_after_posting(app):
    comments = sample_thread(app, 20)
    filled = index_entries()

    with writing():
        for comment in comments:
            search_index.remove(comment)
    assert index_entries() == set()
    with writing():
        for comment in comments:
            search_index.add(comment)
        db.session.execute(
            text("INSERT INTO comment_words(comment_words) VALUES ('integrity-check')")
        )

    assert index_entries() == filled


def test_readers_page_through_it(app, guest: FlaskClient):
    comments = sample_thread(app, 50)

    answer = guest.get("/api/v1/articles/long/comments?sort=oldest&limit=3").json
    newest_root = [comment for comment in comments if comment.parent is None][-1]
    newest = guest.get("/api/v1/articles/long/comments?limit=1").json

    assert [each["id"] for each in answer["comments"]] == [c.id for c in comments if not c.root][:3]
    assert newest["comments"][0]["id"] == newest_root.id


def test_a_reader_with_a_cached_thread_sees_the_new_comments(app, guest: FlaskClient):
    sample_thread(app, 3)
    before = guest.get("/api/v1/articles/long/comments?sort=oldest")

    sample_thread(app, 3)
    after = guest.get("/api/v1/articles/long/comments?sort=oldest")

    assert [len(page.json["comments"]) for page in (before, after)] == [2, 4]


def test_filling_again_adds_to_the_thread(app):
    sample_thread(app, 5)

    comments = sample_thread(app, 4)

    assert comments[0].article.comment_count == len(comments) == 9
    assert len({comment.key for comment in comments}) == 9


@pytest.mark.slow
def test_an_interrupted_filling_leaves_nothing_behind(app, monkeypatch):
    add_all, batches = search_index.add_all, []

    def interrupt_third_batch(connection, rows):
        batches.append(rows)
        if len(batches) == 3:
            raise KeyboardInterrupt
        add_all(connection, rows)

    monkeypatch.setattr(search_index, "add_all", interrupt_third_batch)
    app.test_cli_runner().invoke(sample_cli, ["thread", "long", "--comments", "30"])

    assert len(batches) == 3
    assert db.session.scalar(select(func.count(Comment.id))) == 0
    assert index_entries() == set()
    monkeypatch.undo()
    assert len(sample_thread(app, 30)) == 30

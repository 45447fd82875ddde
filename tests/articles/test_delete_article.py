"""An article is deleted with its thread: asked first, undone for a week, and cases are kept."""

import re
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from board.articles.importing.run import articles_cli
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.writing import erasure
from board.db import db, now, writing
from board.law.authorities import orders
from board.law.claims.workflow import receive_claim
from board.moderation.rulings import decisions
from board.moderation.rulings.models import Ruling
from board.runtime import jobs
from conftest import say
from support.consistency import drift

WEEK = Article.ERASED_AFTER
URL = "/desk/articles/harbour"


@pytest.fixture
def editor(as_, tess):
    return as_(tess)


def delete(client):
    return client.post(f"{URL}/delete", data={"sure": "y"})


def run_until_done(later):
    """The jobs that run from then on, until none is due."""
    done = []
    with time_machine.travel(now() + later):
        while pending := jobs.run_pending():
            done += pending
    return done


def claim(comment):
    with writing():
        receive_claim(
            comment, name="Kim", contact="kim@pier.example", sentence="…", kind="privacy",
            text="…", wish="block", requester="person", rebuttal="",
        )  # fmt: skip


def texts(article):
    comments = select(Comment).where(Comment.article_id == article.id).order_by(Comment.id)
    return [comment.body for comment in db.session.scalars(comments)]


def test_the_page_says_what_is_lost_and_advises_to_withdraw(editor, ada, bora, harbour):
    for text in ("One", "Two", "Three"):
        say(harbour, ada, text)
    claim(say(harbour, bora, "Four"))

    page = editor.get(f"{URL}/delete").text

    assert "댓글 3개가 함께 삭제됩니다." in page
    assert "댓글 1개는 권리침해 신고" in page
    assert 'action="/desk/articles/harbour/withdraw"' in page
    assert harbour.erase_at is None


def test_deleting_without_the_tick_deletes_nothing(editor, harbour):
    response = editor.post(f"{URL}/delete")

    assert (response.status_code, harbour.erase_at) == (422, None)
    assert "삭제하려면 표시하세요." in response.text


def test_a_deleted_article_is_gone_at_once_and_erased_after_a_week(
    app, guest, editor, ada, harbour
):
    say(harbour, ada, "I was there")

    delete(editor)
    assert guest.get("/articles/harbour").status_code == 410
    assert texts(harbour) == ["I was there"]
    assert run_until_done(WEEK - timedelta(minutes=1)) == []

    assert run_until_done(WEEK) == ["deleted articles"] * 2
    assert (texts(harbour), harbour.comment_count) == ([""], 0)
    assert (harbour.title, harbour.body_html, harbour.summary) == ("The harbour reopens", "", "")
    assert guest.get("/articles/harbour").status_code == 410
    assert editor.get(URL).status_code == 404
    assert "The harbour reopens" not in editor.get("/desk/articles").text
    assert drift() == []


def test_until_then_a_deletion_is_undone_and_nothing_is_lost(guest, editor, ada, harbour):
    say(harbour, ada, "I was there")
    delete(editor)

    editor.post(f"{URL}/undelete")
    assert run_until_done(WEEK) == []
    assert guest.get("/articles/harbour").status_code == 410

    editor.post(f"{URL}/publish")
    assert "I was there" in guest.get("/articles/harbour").text


def test_publishing_again_undoes_a_deletion(guest, editor, harbour):
    delete(editor)
    editor.post(f"{URL}/publish")

    assert (harbour.state, harbour.erase_at) == ("published", None)


@pytest.mark.parametrize("verb", ["undelete", "publish"])
def test_nothing_is_undone_once_erasing_has_begun(as_, tess, editor, harbour, verb):
    delete(editor)

    with time_machine.travel(now() + WEEK):
        late = as_(tess).post(f"{URL}/{verb}")

    assert (late.status_code, harbour.state, harbour.erase_at is None) == (409, "withdrawn", False)


@pytest.mark.slow
def test_comments_of_cases_outlast_their_article(as_, mo, editor, ada, bora, harbour):
    claimed, ordered, hidden, reported, approved, _plain = (
        say(harbour, ada, text)
        for text in ("claimed", "ordered", "hidden", "reported", "approved", "plain")
    )
    claim(claimed)
    with writing():
        orders.register(
            [ordered], by=mo, body="방심위", number="1", items="…", kind="commission",
            received_at=now(), deadline_at=now() + timedelta(days=3),
        )  # fmt: skip
        decisions.hide(hidden, by=mo, reason="abuse")
        decisions.keep(approved, by=mo)
    as_(bora).post(f"/comments/{reported.id}/report", data={"reason": "abuse"})
    assert erasure.thread_counts(harbour) == (6, 4)

    delete(editor)
    run_until_done(WEEK)

    assert texts(harbour) == ["claimed", "ordered", "hidden", "reported", "", ""]
    assert harbour.erased_at is not None
    assert "claimed" in as_(mo).get("/desk/claims").text
    assert as_(mo).get(f"/comments/{claimed.id}").status_code == 200
    assert as_(ada).get(f"/comments/{hidden.id}").status_code == 200
    assert drift() == []


def test_a_long_thread_is_erased_in_several_writes(monkeypatch, editor, ada, harbour):
    monkeypatch.setattr(erasure, "BATCH", 2)
    for number in range(5):
        say(harbour, ada, f"Comment {number}")
    delete(editor)

    assert run_until_done(WEEK) == ["deleted articles"] * 4
    assert texts(harbour) == [""] * 5


def test_a_reply_of_a_case_keeps_its_place_below_a_deleted_root(editor, ada, bora, harbour):
    root = say(harbour, ada, "Root")
    claim(say(harbour, bora, "Reply", to=root))
    delete(editor)
    run_until_done(WEEK)

    assert (texts(harbour), root.listed) == (["", "Reply"], True)


def test_an_import_does_not_bring_a_deleted_article_back(app, tmp_path, editor):
    feed = tmp_path / "feed.json"
    feed.write_text('{"url": "https://news.example/a", "slug": "harbour", "title": "A"}')
    runner = app.test_cli_runner()
    assert "1 new" in runner.invoke(articles_cli, ["import", str(feed)]).output
    delete(editor)
    run_until_done(WEEK)

    output = runner.invoke(articles_cli, ["import", str(feed)]).output

    assert "1 refused" in output
    assert "it was deleted at the desk" in output


def test_a_deleted_draft_is_gone_for_good_and_was_never_there(as_, guest, tess):
    client = as_(tess)
    form = {"title": "A draft", "body": "…", "action": "draft"}
    location = client.post("/desk/articles/new", data=form).location
    slug = re.search("/desk/articles/([^?]+)", location)[1]

    client.post(f"/desk/articles/{slug}/delete", data={"sure": "y"})
    run_until_done(WEEK)

    assert guest.get(f"/articles/{slug}").status_code == 404
    assert "A draft" not in client.get("/desk/articles").text


@pytest.mark.parametrize("date", ["", "2099-01-01T00:00"])
def test_publishing_a_deleted_draft_undoes_its_deletion(as_, tess, date):
    client = as_(tess)
    form = {"title": "A draft", "body": "Its text", "published_at": date}
    location = client.post("/desk/articles/new", data={**form, "action": "draft"}).location
    slug = re.search("/desk/articles/([^?]+)", location)[1]
    client.post(f"/desk/articles/{slug}/delete", data={"sure": "y"})

    client.post(f"/desk/articles/{slug}", data=form)
    run_until_done(WEEK)

    article = db.session.scalars(Article.by_slug(slug)).one()
    assert (article.erase_at, article.body_html) == (None, "<p>Its text</p>")


def test_a_draft_whose_erasing_has_begun_is_not_published(as_, guest, tess):
    form = {"title": "A draft", "body": "Its text"}
    location = as_(tess).post("/desk/articles/new", data={**form, "action": "draft"}).location
    slug = re.search("/desk/articles/([^?]+)", location)[1]
    as_(tess).post(f"/desk/articles/{slug}/delete", data={"sure": "y"})

    with time_machine.travel(now() + WEEK):
        as_(tess).post(f"/desk/articles/{slug}", data=form)

        assert guest.get(f"/articles/{slug}").status_code == 404


def test_the_log_says_who_deleted_and_who_undid_it_once_each(as_, mo, editor, tess, harbour):
    for _ in range(2):
        delete(editor)
    for _ in range(2):
        editor.post(f"{URL}/undelete")

    log = select(Ruling.verdict, Ruling.moderator_id, Ruling.article_id).order_by(Ruling.id)
    assert db.session.execute(log).all() == [
        (verdict, tess.id, harbour.id) for verdict in ("withdraw", "delete", "undelete")
    ]
    assert "기사 삭제" in as_(mo).get("/desk/rulings").text

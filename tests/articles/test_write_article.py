"""An editor writes and edits an article, and closes and opens its thread."""

import re
from datetime import UTC, datetime

import pytest
import time_machine
from sqlalchemy import select

from board.articles.models import Article
from board.db import db
from conftest import said, say, without_notice

FORM = {
    "title": "“등대가 다시 켜졌다”",
    "subtitles": "첫째 부제\n\n둘째 부제",
    "section": "지역",
    "byline": "한바다 기자",
    "published_at": "2026-11-20T09:30",
    "summary": "",
    "image": "/static/sample/sea-wall.svg",
    "image_alt": "방파제",
    "body": "첫 문단입니다.\n\n둘째 문단입니다.",
}


def only_article():
    return db.session.scalars(select(Article)).one()


def test_an_editor_writes_an_article_and_everyone_reads_it(as_, guest, tess):
    response = as_(tess).post("/desk/articles/new", data=FORM)

    article = only_article()
    assert without_notice(response) == f"/desk/articles/{article.slug}"
    assert said(response) == f"“{article.title}” 기사를 발행했습니다."
    page = guest.get(f"/articles/{article.slug}").text
    assert "“등대가 다시 켜졌다”" in page
    assert re.findall(r"<li>(\S+ 부제)</li>", page) == ["첫째 부제", "둘째 부제"]
    assert "<p>첫 문단입니다.</p>" in page
    assert "2026.11.20. 09:30" in page
    assert article.summary == "첫 문단입니다. 둘째 문단입니다."
    assert article.published_at == datetime(2026, 11, 20, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("own", "after"), [("", "새 첫머리입니다."), ("손수 쓴 요약", "손수 쓴 요약")]
)
def test_a_summary_that_was_left_empty_follows_the_text(as_, tess, own, after):
    editor = as_(tess)
    editor.post("/desk/articles/new", data={**FORM, "summary": own})
    path = f"/desk/articles/{only_article().slug}"

    shown = re.search(
        r'<textarea[^>]* name="summary"[^>]*>\s*([^<]*)</textarea>', editor.get(path).text
    )
    editor.post(path, data={**FORM, "summary": shown[1], "body": "새 첫머리입니다."})

    assert only_article().summary == after


def test_an_edited_article_shows_the_time_of_the_edit(as_, guest, tess, harbour):
    form = {**FORM, "title": "A better headline"}

    with time_machine.travel("2026-11-23T03:00:00Z", tick=False):
        response = as_(tess).post("/desk/articles/harbour", data=form)

    assert without_notice(response) == "/desk/articles/harbour"
    assert said(response) == "“A better headline” 기사의 수정 내용을 저장했습니다."
    page = guest.get("/articles/harbour").text
    assert "A better headline" in page
    assert "The harbour reopens" not in page
    assert "2026.11.23. 12:00" in page


def test_saving_without_a_change_is_no_edit(as_, tess, harbour):
    client = as_(tess)
    client.post("/desk/articles/harbour", data=FORM)
    first = harbour.edited_at

    client.post("/desk/articles/harbour", data=FORM)

    assert harbour.edited_at == first


def test_the_editor_shows_what_is_stored_and_stores_what_it_shows(as_, tess):
    client = as_(tess)
    client.post("/desk/articles/new", data=FORM)
    article = only_article()
    stored = {name: getattr(article, name) for name in Article.CONTENT}

    page = client.get(f"/desk/articles/{article.slug}").text
    body = re.search(r'<textarea[^>]*name="body"[^>]*>\s*(.*?)</textarea>', page, re.S)[1]

    assert "첫 문단입니다." in body
    client.post(
        f"/desk/articles/{article.slug}",
        data={**FORM, "body": stored["body_html"], "summary": stored["summary"]},
    )
    assert {name: getattr(article, name) for name in Article.CONTENT} == stored


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", "가" * 301),
        ("body", " "),
        ("image", "javascript:alert(1)"),
        ("image", "//evil.example/x.png"),
        ("published_at", "yesterday"),
        ("published_at", "0001-01-01T00:00"),
        ("published_at", "9999-12-31T23:59"),
        ("action", "shout"),
        ("key", "k" * 65),
        ("subtitles", "가" * 301),
    ],
)
def test_an_invalid_field_is_refused_and_the_form_stays_filled(as_, tess, field, value):
    response = as_(tess).post("/desk/articles/new", data={**FORM, field: value})

    assert response.status_code == 422
    assert 'role="alert"' in response.text
    assert "한바다 기자" in response.text
    assert db.session.scalars(select(Article)).all() == []


@pytest.mark.slow
def test_a_long_article_is_stored_and_a_too_long_one_refused(as_, tess):
    long = as_(tess).post("/desk/articles/new", data={**FORM, "body": "가나다라 " * 40_000})
    endless = as_(tess).post("/desk/articles/new", data={**FORM, "body": "가" * 500_000})

    assert (long.status_code, endless.status_code) == (303, 413)


def test_the_html_of_an_article_is_sanitised(as_, guest, tess):
    attack = "<p onclick=x()>One</p><script>alert(1)</script><p><b>Two</b></p>"
    as_(tess).post("/desk/articles/new", data={**FORM, "body": attack})

    assert only_article().body_html == "<p>One</p><p><b>Two</b></p>"


def test_an_article_with_one_inline_tag_keeps_its_paragraphs(as_, guest, tess):
    body = "첫 문단, <b>굵게</b>.\r\n\r\n둘째 문단\r\n둘째 줄"
    as_(tess).post("/desk/articles/new", data={**FORM, "body": body})

    page = guest.get(f"/articles/{only_article().slug}").text
    assert "<p>첫 문단, <b>굵게</b>.</p><p>둘째 문단<br>둘째 줄</p>" in page


def test_fields_that_are_not_sent_are_empty(as_, tess):
    response = as_(tess).post("/desk/articles/new", data={"title": "Bare", "body": "Text"})

    assert (response.status_code, only_article().section, only_article().byline) == (303, "", "")


def test_a_closed_thread_shows_the_reason_and_an_open_one_takes_comments(
    as_, guest, ada, tess, harbour
):
    client = as_(tess)

    closed = client.post("/desk/articles/harbour/close", data={"reason": "사흘이 지났습니다."})
    assert without_notice(closed) == "/desk/articles/harbour"
    assert said(closed) == "“The harbour reopens” 기사의 댓글을 닫았습니다."
    assert "사흘이 지났습니다." in guest.get("/articles/harbour").text
    assert as_(ada).post("/articles/harbour/comments", data={"body": "Hi"}).status_code == 409

    opened = client.post("/desk/articles/harbour/open")
    assert said(opened) == "“The harbour reopens” 기사의 댓글을 다시 열었습니다."
    assert "사흘이 지났습니다." not in guest.get("/articles/harbour").text
    assert as_(ada).post("/articles/harbour/comments", data={"body": "Hi"}).status_code == 303


def test_closing_without_a_reason_closes_nothing(as_, tess, harbour):
    response = as_(tess).post("/desk/articles/harbour/close", data={"reason": " "})

    assert (response.status_code, harbour.takes_comments) == (422, True)


def test_a_closed_thread_can_still_be_read(as_, guest, ada, tess, harbour):
    say(harbour, ada, "Said in time")
    as_(tess).post("/desk/articles/harbour/close", data={"reason": "Enough."})

    assert "Said in time" in guest.get("/articles/harbour").text


def test_only_editors_write_and_close(as_, guest, ada, mo, harbour):
    for path in ("new", "harbour", "harbour/close", "harbour/open"):
        url = f"/desk/articles/{path}"
        statuses = [c.post(url, data=FORM).status_code for c in (guest, as_(ada), as_(mo))]
        assert statuses == [401, 403, 403], path
    assert harbour.title == "The harbour reopens"


def test_moderators_read_the_list_of_articles_and_change_nothing(as_, mo, harbour):
    client = as_(mo)

    page = client.get("/desk/articles").text

    assert re.search(r'<h2><a href="/articles/harbour">\s*The harbour reopens</a></h2>', page)
    assert '<a href="/desk/articles" aria-current="page">기사' in page
    assert "/desk/articles/" not in page
    assert "새 기사" not in page
    for path in ("new", "harbour"):
        assert client.get(f"/desk/articles/{path}").status_code == 403
    for path in ("new", "harbour", "harbour/close", "harbour/open"):
        assert client.post(f"/desk/articles/{path}", data=FORM).status_code == 403
    assert harbour.revision == 0
    assert harbour.takes_comments


def test_readers_do_not_see_the_list_of_articles(as_, guest, ada, harbour):
    assert as_(ada).get("/desk/articles").status_code == 403
    assert guest.get("/desk/articles").location.startswith("/sign-in")

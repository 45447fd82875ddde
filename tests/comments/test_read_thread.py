"""Anyone reads a thread: in pages, the same for everyone, cached until it changes."""

import re

import pytest

from board.articles.models import Article
from board.comments.models import Comment
from board.db import db, writing
from conftest import count_queries, keep, more_link, say


def thread_of(page):
    """The part of the page shared by all viewers."""
    return re.search(r'<ol class="comments".*</ol>', page, re.S)[0]


def texts(page):
    return re.findall(r"<p>(\w[^<]*)</p></div>", page)


def test_the_pages_of_a_thread_hold_each_comment_once_newest_first(guest, ada, harbour):
    for number in range(45):
        say(harbour, ada, f"Comment {number:02}")

    seen, url, pages = [], "/articles/harbour/comments", 0
    while url:
        page = guest.get(url).text
        seen += texts(page)
        more = more_link(page)
        url, pages = more, pages + 1

    assert seen == [f"Comment {number:02}" for number in range(44, -1, -1)]
    assert pages == 3


def test_a_new_comment_does_not_shift_the_next_page(guest, ada, harbour):
    for number in range(25):
        say(harbour, ada, f"Comment {number:02}")
    first = guest.get("/articles/harbour").text
    more = more_link(first)

    say(harbour, ada, "Just now")

    assert texts(guest.get(more).text) == [f"Comment {number:02}" for number in range(4, -1, -1)]


def test_comments_of_one_moment_are_in_one_order(guest, ada, harbour):
    comments = [say(harbour, ada, f"Comment {number:02}") for number in range(25)]
    with writing():
        for comment in comments:
            db.session.get(Comment, comment.id).posted_at = comments[0].posted_at
        harbour.revision += 1

    first = guest.get("/articles/harbour").text
    more = more_link(first)

    seen = texts(first) + texts(guest.get(more).text)
    assert seen == [f"Comment {number:02}" for number in range(24, -1, -1)]


def test_the_thread_is_the_same_html_for_every_viewer(as_, guest, ada, bora, mo, tess, harbour):
    root = say(harbour, ada, "Root")
    say(harbour, bora, "Reply", to=root)
    hidden = say(harbour, bora, "Rude")
    as_(mo).post(f"/comments/{hidden.id}/hide", data={"reason": "abuse"})

    threads = {
        thread_of(client.get("/articles/harbour").text)
        for client in (guest, as_(ada), as_(mo), as_(tess))
    }

    assert len(threads) == 1  # bora, whose comment was hidden, is told which one


def test_a_thread_is_rendered_once_for_all_until_it_changes(as_, ada, bora, harbour):
    say(harbour, ada, "Comment")
    as_(ada).get("/articles/harbour")
    other = as_(bora)

    with count_queries() as again:
        other.get("/articles/harbour")
    say(harbour, ada, "Another")
    with count_queries() as changed:
        page = other.get("/articles/harbour").text

    # session, article, reactions, blocks, reports, pending comments, notifications
    assert len(again) == 6
    assert len(changed) == 9
    assert texts(page) == ["Another", "Comment"]


def test_the_page_of_a_guest_can_be_cached_and_revalidated(guest, ada, harbour):
    first = guest.get("/articles/harbour")
    etag = first.headers["ETag"]

    same = guest.get("/articles/harbour", headers={"If-None-Match": etag})
    say(harbour, ada, "New")
    changed = guest.get("/articles/harbour", headers={"If-None-Match": etag})

    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in first.headers
    assert (same.status_code, same.data) == (304, b"")
    assert changed.status_code == 200


def test_the_page_of_a_member_is_never_cached(as_, ada, harbour):
    response = as_(ada).get("/articles/harbour")

    assert response.headers["Cache-Control"] == "private, no-store"
    assert response.headers["Vary"] == "Cookie, Accept-Encoding"


@pytest.mark.parametrize("before", ["x", "", "-1", "0", "1_0", "３", "9" * 30, "1 "])
def test_a_cursor_that_is_no_id_leads_to_the_first_page(guest, ada, harbour, before):
    say(harbour, ada, "First")
    response = guest.get("/articles/harbour/comments", query_string={"before": before})

    assert response.status_code == 200
    assert "<p>First</p>" in response.text


def test_a_cursor_of_an_unknown_comment_is_not_found(guest, harbour):
    assert guest.get("/articles/harbour/comments?before=999").status_code == 404


def test_an_empty_thread_invites_to_write(guest, harbour):
    assert "첫" in guest.get("/articles/harbour").text


def test_the_front_page_lists_newest_articles_with_their_counts(guest, ada, harbour):
    newer = keep(Article.publish(slug="newer", title="A newer article"))
    say(newer, ada, "One")
    say(newer, ada, "Two")

    page = guest.get("/").text

    assert page.index("A newer article") < page.index("The harbour reopens")
    assert re.search(r"/articles/newer.*?>\s*[^<]*2", page, re.S)


def test_the_front_page_continues_on_the_next_page(guest):
    for number in range(25):
        keep(Article.publish(slug=f"article-{number:02}", title=f"Headline {number:02}"))

    first = guest.get("/").text
    more = more_link(first)

    titles = re.findall(r"Headline \d\d", first) + re.findall(
        r"Headline \d\d", guest.get(more).text
    )
    assert list(dict.fromkeys(titles)) == [f"Headline {n:02}" for n in range(24, -1, -1)]


def test_a_reader_reads_in_english_when_asked(guest, harbour):
    korean = guest.get("/articles/harbour").text
    english = guest.get("/articles/harbour?lang=en").text
    guest.post("/language", data={"lang": "en", "next": "/articles/harbour"})
    chosen = guest.get("/articles/harbour").text

    assert '<html lang="ko">' in korean
    assert "전체댓글" in korean
    assert '<html lang="en">' in english
    assert "All comments" in english
    assert '<html lang="en">' in chosen


def test_the_browsers_own_languages_change_nothing(guest, harbour):
    plain = guest.get("/articles/harbour").data

    assert guest.get("/articles/harbour", headers={"Accept-Language": "en"}).data == plain


def test_an_image_is_loaded_only_from_origins_in_the_settings(app, guest):
    keep(Article.publish(slug="one", title="One", image="https://img.example/a.jpg"))

    unnamed = guest.get("/")
    app.config["IMAGE_ORIGINS"] = ("https://img.example",)
    named = guest.get("/?lang")

    assert "<img" not in unnamed.text
    assert 'src="https://img.example/a.jpg"' in named.text
    assert "img-src 'self' https://img.example;" in named.headers["Content-Security-Policy"]

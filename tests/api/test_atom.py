"""A feed reader follows the comments of the board, or of one article."""

from datetime import datetime

import pytest
from lxml import etree
from sqlalchemy import update

from board.articles.importing import read_items
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db, writing
from conftest import count_queries, keep, say

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ["/feed.atom", "/articles/harbour/feed.atom"]


def parse(response):
    assert response.status_code == 200
    return etree.fromstring(response.data)


def entries(response):
    return parse(response).findall(f"{ATOM}entry")


def contents(response):
    return [entry.findtext(f"{ATOM}content") for entry in entries(response)]


@pytest.mark.parametrize("url", FEEDS)
def test_an_entry_has_author_text_and_article_of_a_comment(guest, ada, harbour, url):
    comment = say(harbour, ada, "Ships & <boats>\n\nhttps://ships.example/?a=1&b=2")

    response = guest.get(url)
    (entry,) = entries(response)

    assert response.content_type == "application/atom+xml; charset=utf-8"
    assert entry.findtext(f"{ATOM}title") == "The harbour reopens"
    assert entry.findtext(f"{ATOM}author/{ATOM}name") == "ada"
    assert entry.findtext(f"{ATOM}id") == f"http://localhost/comments/{comment.id}"
    assert entry.find(f"{ATOM}link").get("href") == f"http://localhost/comments/{comment.id}"
    assert datetime.fromisoformat(entry.findtext(f"{ATOM}updated")) == comment.posted_at.replace(
        microsecond=0
    )
    assert entry.find(f"{ATOM}content").get("type") == "html"
    assert entry.findtext(f"{ATOM}content") == comment.html


@pytest.mark.parametrize("url", FEEDS)
@pytest.mark.parametrize("comments", [0, 2])
def test_a_feed_has_the_elements_rfc_4287_requires(guest, ada, harbour, url, comments):
    for number in range(comments):
        say(harbour, ada, f"Comment {number}")

    feed = parse(guest.get(url))

    assert feed.tag == f"{ATOM}feed"
    for element in [feed, *feed.findall(f"{ATOM}entry")]:
        for name in ("id", "title", "updated"):
            (child,) = element.findall(f"{ATOM}{name}")
            assert child.text
        assert datetime.fromisoformat(element.findtext(f"{ATOM}updated")).tzinfo
        assert element.findtext(f"{ATOM}author/{ATOM}name")
    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    assert links["self"] == feed.findtext(f"{ATOM}id") == f"http://localhost{url}"
    assert links["alternate"].startswith("http://localhost/")
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.findall(f"{ATOM}entry")]
    assert len(set(ids)) == comments


def test_our_own_importer_reads_the_feed(tmp_path, guest, ada, harbour):
    say(harbour, ada, "Comment")
    path = tmp_path / "feed.atom"
    path.write_bytes(guest.get("/feed.atom").data)

    assert [item.title for item in read_items(path)] == ["The harbour reopens"]


@pytest.mark.slow
@pytest.mark.parametrize("url", FEEDS)
def test_a_feed_holds_the_fifty_newest_in_one_query(guest, ada, harbour, url):
    for number in range(55):
        say(harbour, ada, f"Comment {number:02}")

    with count_queries() as queries:
        response = guest.get(url)

    assert contents(response) == [f"<p>Comment {number:02}</p>" for number in range(54, 4, -1)]
    assert len(queries) <= 2


def test_the_feed_of_a_thread_has_only_its_comments(guest, ada, harbour):
    other = keep(Article.publish(slug="other", title="Another article"))
    say(harbour, ada, "Here")
    say(other, ada, "There")

    assert contents(guest.get("/articles/harbour/feed.atom")) == ["<p>Here</p>"]
    assert contents(guest.get("/feed.atom")) == ["<p>There</p>", "<p>Here</p>"]
    assert guest.get("/articles/nowhere/feed.atom").status_code == 404


@pytest.mark.parametrize("url", FEEDS)
def test_hidden_and_deleted_comments_leave_the_feed(as_, guest, ada, bora, mo, harbour, url):
    say(harbour, ada, "Stays")
    rude = say(harbour, bora, "Rude words")
    gone = say(harbour, ada, "Taken back")
    say(harbour, ada, "A reply", to=gone)
    before = contents(guest.get(url))

    as_(mo).post(f"/comments/{rude.id}/hide", data={"reason": "abuse"})
    as_(ada).post(f"/comments/{gone.id}/delete")
    after = guest.get(url)
    as_(mo).post(f"/comments/{rude.id}/restore", data={"reason": "review"})

    texts = ("A reply", "Taken back", "Rude words", "Stays")
    assert before == [f"<p>{text}</p>" for text in texts]
    assert contents(after) == ["<p>A reply</p>", "<p>Stays</p>"]
    assert "bora" not in after.text
    assert "<p>Rude words</p>" in contents(guest.get(url))


@pytest.mark.parametrize("url", FEEDS)
def test_a_feed_can_be_cached_and_revalidated(as_, guest, ada, harbour, url):
    say(harbour, ada, "One")
    first = guest.get(url)
    conditional = {"If-None-Match": first.headers["ETag"]}

    same = guest.get(url, headers=conditional)
    say(harbour, ada, "Two")
    changed = guest.get(url, headers=conditional)

    assert first.headers["Cache-Control"] == "public, no-cache"
    assert "Set-Cookie" not in first.headers
    assert "default-src 'none'" in first.headers["Content-Security-Policy"]
    assert (same.status_code, same.data) == (304, b"")
    assert len(entries(changed)) == 2
    assert as_(ada).get(url).headers["Cache-Control"] == "private, no-store"


def test_an_empty_feed_is_the_same_each_time(as_, guest, harbour):
    for url in FEEDS:
        assert guest.get(url).data == guest.get(f"{url}?lang").data


def test_a_feed_is_compressed(guest, ada, harbour):
    for number in range(10):
        say(harbour, ada, f"Comment {number}")

    response = guest.get("/feed.atom", headers={"Accept-Encoding": "gzip"})

    assert response.headers["Content-Encoding"] == "gzip"


@pytest.mark.slow
def test_no_text_breaks_a_feed(guest, ada, harbour):
    """Every character of the planes in use: in posted comments, and stored unnormalized in a
    comment, a title and a name."""
    planes = [(1, 0xD800), (0xE000, 0x11000), (0x1F000, 0x1FB00), (0x10FF00, 0x110000)]
    characters = [chr(code) for plane in planes for code in range(*plane) if chr(code).strip()]
    for start in range(0, len(characters), 9000):
        say(harbour, ada, "a" + "".join(characters[start : start + 9000]), key=str(start))
    raw = "]]> <!-- & \x01\x0b\x1f\x7f\x85\ufffe\uffff"

    posted = [entries(guest.get(url)) for url in FEEDS]
    with writing():
        db.session.execute(update(Comment).values(html=raw))
        harbour.title = raw
        ada.name = raw
        harbour.revision += 1
    as_stored = [entries(guest.get(url)) for url in FEEDS]

    for before, after in zip(posted, as_stored, strict=True):
        assert len(before) == len(after) > 5
        assert after[0].findtext(f"{ATOM}title").startswith("]]> <!-- &")


def test_a_feed_uses_the_configured_origin(app, guest, ada, harbour):
    app.config.update(ORIGIN="https://news.example", TRUSTED_HOSTS=["news.example"], HTTPS=True)
    say(harbour, ada, "Comment")

    feed = guest.get("/feed.atom", base_url="https://news.example").text

    assert "<id>https://news.example/feed.atom</id>" in feed
    assert "localhost" not in feed


def test_pages_link_to_their_feed(guest, harbour):
    link = '<link rel="alternate" type="application/atom+xml" title="{}" href="{}">'
    thread = link.format("댓글: The harbour reopens", "/articles/harbour/feed.atom")

    assert link.format("전체댓글 최신 댓글", "/feed.atom") in guest.get("/").text
    assert thread in guest.get("/articles/harbour").text

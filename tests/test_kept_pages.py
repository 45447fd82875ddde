"""Guests' pages are handed out from memory, and never stale, never private."""

import threading

import pytest
from flask import request

from board import create_app, kept
from board.articles.models import Article
from board.db import db, writing
from conftest import Client, keep, say


@pytest.fixture
def rendered(app, monkeypatch):
    """How often Flask was asked for each address."""
    asked = []
    app.before_request_funcs[None].insert(0, lambda: asked.append(request.full_path.rstrip("?")))
    return asked


def test_a_page_asked_for_again_is_not_made_again(guest, rendered, harbour):
    pages = [
        "/",
        "/articles/harbour",
        "/articles/harbour/comments",
        "/rulings",
        "/static/board.css",
        "/api/v1/articles/harbour/comments",
        "/api/v1/counts?article=harbour",
    ]

    first = {page: guest.get(page) for page in pages}
    again = {page: guest.get(page) for page in pages}

    assert rendered == pages
    assert {p: r.data for p, r in again.items()} == {p: r.data for p, r in first.items()}
    assert {p: dict(r.headers) for p, r in again.items()} == {
        p: dict(r.headers) for p, r in first.items()
    }


def test_a_change_anywhere_is_seen_at_once(guest, ada, harbour):
    for number in range(5):
        guest.get("/")
        guest.get("/articles/harbour")
        say(harbour, ada, f"Comment {number}")

        assert f"Comment {number}" in guest.get("/articles/harbour").text
        assert guest.get("/api/v1/counts?article=harbour").json == {
            "counts": {"harbour": number + 1}
        }


def test_a_change_elsewhere_leaves_a_thread_in_place(guest, rendered, ada, harbour):
    other = keep(Article.publish(slug="other", title="Other"))
    guest.get("/articles/harbour")

    say(other, ada, "Over there")
    guest.get("/articles/harbour")

    assert rendered == ["/articles/harbour"]


def test_a_change_by_another_worker_is_seen_at_once(app, guest, ada, harbour):
    guest.get("/articles/harbour")
    worker = create_app({"INSTANCE": app.instance_path})
    with worker.app_context(), writing():
        db.session.get_one(Article, harbour.id).close(reason="Closed by the other worker")
    db.session.remove()

    assert "Closed by the other worker" in guest.get("/articles/harbour").text


def test_members_get_their_own_pages_and_leave_nothing_for_guests(
    as_, guest, rendered, ada, harbour
):
    client = as_(ada)
    for _ in range(2):
        assert 'data-viewer="' in client.get("/articles/harbour").text
        assert 'data-viewer="' not in guest.get("/articles/harbour").text

    assert len(rendered) == 3


@pytest.mark.parametrize(
    "cookie", ["board_session", "board_device", "__Host-board_session", "lang"]
)
def test_a_request_with_a_cookie_of_ours_always_asks(guest, rendered, harbour, cookie):
    guest.get("/articles/harbour")
    guest.set_cookie(cookie, "x")

    guest.get("/articles/harbour")

    assert len(rendered) == 2


def test_cookies_of_others_change_nothing(guest, rendered, harbour):
    guest.get("/articles/harbour")
    guest.set_cookie("_ga", "GA1.1.1")
    guest.set_cookie("slang", "x")

    guest.get("/articles/harbour")

    assert len(rendered) == 1


def test_what_differs_by_address_language_or_encoding_is_kept_apart(guest, harbour):
    variants = [
        guest.get("/articles/harbour"),
        guest.get("/articles/harbour?lang=en"),
        guest.get("/articles/harbour", headers={"Accept-Encoding": "gzip"}),
        guest.get("/articles/harbour", base_url="http://127.0.0.1"),
    ]
    again = [
        guest.get("/articles/harbour"),
        guest.get("/articles/harbour?lang=en"),
        guest.get("/articles/harbour", headers={"Accept-Encoding": "gzip"}),
        guest.get("/articles/harbour", base_url="http://127.0.0.1"),
    ]

    assert [r.data for r in again] == [r.data for r in variants]
    assert len({r.data for r in variants}) == 4


def test_what_the_browser_has_is_not_sent_again(guest, rendered, harbour):
    page = guest.get("/articles/harbour")

    same = guest.get("/articles/harbour", headers={"If-None-Match": page.headers["ETag"]})

    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["ETag"] == page.headers["ETag"]
    assert len(rendered) == 1


def test_a_head_request_has_the_headers_and_no_body(guest, harbour):
    page = guest.get("/articles/harbour")

    head = guest.head("/articles/harbour")

    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(page.headers)


@pytest.mark.parametrize(
    "path", ["/nowhere", "/sign-in", "/account", "/articles/harbour/comments?before=x"]
)
def test_errors_forms_and_redirects_are_never_kept(guest, rendered, harbour, path):
    for _ in range(2):
        guest.get(path)

    assert len(rendered) == 2


def test_memory_is_bounded(app, guest, harbour, monkeypatch):
    monkeypatch.setattr(kept, "BYTES_MAX", 50_000)

    for number in range(40):
        guest.get(f"/articles/harbour?x={number}")

    front = next(layer for layer in _layers(app) if isinstance(layer, kept.Kept))
    assert front._bytes == sum(len(page.body) for page in front._pages.values()) <= 50_000
    assert front._pages


def test_readers_and_a_writer_at_once_never_see_an_old_page_after_a_new_one(app, ada, harbour):
    over, seen = threading.Event(), {n: [] for n in range(3)}

    def count():
        with app.app_context():
            told = Client(app).get("/api/v1/counts?article=harbour").json
        return told["counts"]["harbour"]

    def read(counts):
        while not over.is_set():
            counts.append(count())

    readers = [threading.Thread(target=read, args=(counts,)) for counts in seen.values()]
    for reader in readers:
        reader.start()
    for number in range(20):
        say(harbour, ada, f"Comment {number}")
        assert count() == number + 1
    over.set()
    for reader in readers:
        reader.join()

    assert all(counts == sorted(counts) for counts in seen.values())


def _layers(app):
    layer = app.wsgi_app
    while layer is not None:
        yield layer
        layer = getattr(layer, "app", None)

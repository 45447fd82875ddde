"""Page cache: guests' pages are served from memory, never stale and never private."""

import re
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from flask import request

from board.articles.models import Article
from board.db import db, writing
from board.web.page_cache import middleware, store
from board.web.request.query_filter import EVERYWHERE
from conftest import Client, keep, say

BOARD = Path(middleware.__file__).parents[2]


@pytest.fixture
def rendered(app, monkeypatch):
    """The addresses that Flask rendered, in order."""
    paths = []
    app.before_request_funcs[None].insert(0, lambda: paths.append(request.full_path.rstrip("?")))
    return paths


def test_a_page_requested_again_is_not_rendered_again(guest, rendered, harbour):
    pages = [
        "/",
        "/articles/harbour",
        "/articles/harbour/comments",
        "/rulings",
        "/static/css/board.css",
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


def test_a_comment_on_another_article_leaves_a_page_in_the_cache(guest, rendered, ada, harbour):
    other = keep(Article.publish(slug="other", title="Other"))
    guest.get("/articles/harbour")

    say(other, ada, "Over there")
    guest.get("/articles/harbour")

    assert rendered == ["/articles/harbour"]


def test_a_change_by_another_worker_is_seen_at_once(app, another, guest, ada, harbour):
    guest.get("/articles/harbour")
    worker = another(app.instance_path)
    with worker.app_context(), writing():
        db.session.get_one(Article, harbour.id).close(reason="Closed by the other worker")
    db.session.remove()

    assert "Closed by the other worker" in guest.get("/articles/harbour").text


def test_members_get_their_own_pages_and_guests_never_see_them(as_, guest, rendered, ada, harbour):
    client = as_(ada)
    for _ in range(2):
        assert 'data-viewer="' in client.get("/articles/harbour").text
        assert 'data-viewer="' not in guest.get("/articles/harbour").text

    assert len(rendered) == 3


@pytest.mark.parametrize(
    "cookie", ["board_session", "board_device", "__Host-board_session", "lang"]
)
def test_a_request_with_a_cookie_of_ours_bypasses_the_cache(guest, rendered, harbour, cookie):
    guest.get("/articles/harbour")
    guest.set_cookie(cookie, "x")

    guest.get("/articles/harbour")

    assert len(rendered) == 2


def test_each_order_a_reader_remembers_has_a_page_of_its_own_in_the_cache(
    app, guest, rendered, ada, harbour
):
    say(harbour, ada, "First")
    say(harbour, ada, "Second")

    def page(cookie):
        client = app.test_client(use_cookies=False)
        return client.get("/articles/harbour", headers={"Cookie": cookie}).data

    plain = page("_ga=1")
    for _ in range(2):
        assert page("sort=oldest") == page("_ga=1; sort=oldest; x=y") != plain
        assert page("sort=none") == page("sort=oldest0") == page("sorts=oldest") == plain
    assert len(rendered) == 2


def test_the_orders_of_the_cookie_are_few_however_it_is_written(app, rendered, harbour):
    for cookie in ("sort=liked; sort=oldest", "sort=oldest; sort=liked", "sort=oldest;sort=liked;"):
        client = app.test_client(use_cookies=False)
        page = client.get("/articles/harbour", headers={"Cookie": cookie})
        assert 'data-sort="liked"' in page.text

    assert len(rendered) == 1


def test_cookies_of_others_change_nothing(guest, rendered, harbour):
    guest.get("/articles/harbour")
    guest.set_cookie("_ga", "GA1.1.1")
    guest.set_cookie("slang", "x")

    guest.get("/articles/harbour")

    assert len(rendered) == 1


def test_pages_that_differ_by_host_language_or_encoding_are_cached_separately(guest, harbour):
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


def test_a_page_the_browser_has_is_not_sent_again(guest, rendered, harbour):
    page = guest.get("/articles/harbour")

    same = guest.get("/articles/harbour", headers={"If-None-Match": page.headers["ETag"]})

    assert (same.status_code, same.data) == (304, b"")
    sent = ("Cache-Control", "ETag", "Vary")
    assert dict(same.headers) == {name: page.headers[name] for name in sent}
    assert len(rendered) == 1


def test_a_program_on_another_site_may_read_that_nothing_has_changed(guest, harbour):
    page = guest.get("/api/v1/articles/harbour/comments")

    same = guest.get(
        "/api/v1/articles/harbour/comments", headers={"If-None-Match": page.headers["ETag"]}
    )

    assert (same.status_code, same.headers["Access-Control-Allow-Origin"]) == (304, "*")


def test_a_head_request_has_the_headers_and_no_body(guest, harbour):
    page = guest.get("/articles/harbour")

    head = guest.head("/articles/harbour")

    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(page.headers)


@pytest.mark.parametrize(
    "path", ["/nowhere", "/sign-in", "/account", "/articles/harbour/comments?before=999"]
)
def test_errors_forms_and_redirects_are_never_cached(guest, rendered, harbour, path):
    for _ in range(2):
        guest.get(path)

    assert len(rendered) == 2


@pytest.mark.parametrize(
    "cookie",
    ["lang =en", "a=1; lang=en", " lang=en", "\u3000lang=en", "lang=en,lang=en", "a=1;;\tlang=en"],
)
def test_no_cookie_however_written_changes_the_pages_of_other_guests(guest, app, harbour, cookie):
    header = cookie.encode().decode("latin1")
    app.test_client(use_cookies=False).get("/articles/harbour", headers={"Cookie": header})

    assert '<html lang="ko"' in guest.get("/articles/harbour").text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE"])
def test_only_get_and_head_are_answered_from_the_cache(guest, rendered, harbour, method):
    guest.get("/articles/harbour")

    answer = guest.open("/articles/harbour", method=method)

    assert answer.status_code == (200 if method == "OPTIONS" else 405)
    assert len(rendered) == 2


def test_a_range_request_gets_the_range_or_the_whole_file(guest, harbour):
    whole = guest.get("/static/css/board.css").data
    for path in ("/static/css/board.css", "/static/css/board.css?lang"):
        answer = guest.get(path, headers={"Range": "bytes=0-9"})

        part = {200: whole, 206: whole[:10]}
        assert answer.data == part[answer.status_code]
        assert guest.get(path).data == whole


@pytest.mark.parametrize(
    ("if_none_match", "status"),
    [
        ("{weak}", 304), ("{strong}", 304), ('"other", {weak}', 304), ("*", 304),
        ('{strong}, "other"', 304), ('"other"', 200), ('"x{bare}"', 200), ("{bare}x", 200),
        ('"x {weak} x"', 200), ("", 200), ("nonsense", 200), ('W/"', 200),
    ],
)  # fmt: skip
def test_every_form_of_the_etag_is_compared_rightly(
    guest, rendered, harbour, if_none_match, status
):
    page = guest.get("/articles/harbour")
    weak = page.headers["ETag"]
    strong, bare = weak.removeprefix("W/"), weak.removeprefix("W/").strip('"')
    header = {"If-None-Match": if_none_match.format(weak=weak, strong=strong, bare=bare)}

    answer = guest.get("/articles/harbour", headers=header)

    assert (answer.status_code, answer.data) == (status, page.data if status == 200 else b"")
    assert len(rendered) == 1


def test_a_304_is_followed_by_the_new_page_once_there_is_one(guest, ada, harbour):
    old = guest.get("/articles/harbour").headers["ETag"]
    say(harbour, ada, "New")

    answer = guest.get("/articles/harbour", headers={"If-None-Match": old})

    assert answer.status_code == 200 and "New" in answer.text


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip", "gzip"), ("br, gzip;q=0.5", "gzip"), ("*", "gzip"),
        ("gzip;q=0", None), ("br", None), ("", None), ("x" * 1000, None),
    ],
)  # fmt: skip
def test_each_client_gets_an_encoding_it_accepts_from_two_cached_pages(
    guest, rendered, harbour, accepted, encoding
):
    guest.get("/articles/harbour")
    guest.get("/articles/harbour", headers={"Accept-Encoding": "gzip"})

    answer = guest.get("/articles/harbour", headers={"Accept-Encoding": accepted})

    assert answer.headers.get("Content-Encoding") == encoding
    assert len(rendered) == 2


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "evil.example:80"])
def test_an_unknown_host_gets_no_cached_page_and_leaves_none(guest, harbour, host):
    guest.get("/articles/harbour")

    for _ in range(2):
        assert guest.get("/articles/harbour", headers={"Host": host}).status_code == 400
    assert "evil" not in guest.get("/articles/harbour").text


@pytest.fixture
def cache_store(app, monkeypatch):
    monkeypatch.setattr(store, "BYTES_MAX", 400_000)
    return app.extensions["page_cache"]._pages


def test_memory_is_bounded_and_includes_keys_and_headers(guest, harbour, cache_store):
    for number in range(60):
        for _ in range(2):
            guest.get(f"/api/v1/counts?article=harbour&lang={number:04}{'x' * 3000}")

    pages = [*cache_store._probation._pages.items(), *cache_store._protected._pages.items()]
    assert 50_000 < cache_store.bytes <= 400_000
    assert cache_store.bytes == sum(store._size(key, page) for key, page in pages)
    assert cache_store.bytes > sum(len(page.body) + len(key[3]) for key, page in pages)


@pytest.mark.slow
def test_a_visitor_with_many_addresses_evicts_nothing_that_others_read(
    guest, rendered, harbour, cache_store
):
    for _ in range(2):
        guest.get("/articles/harbour")

    for number in range(100):
        guest.get(f"/articles/harbour?lang={number}")
    guest.get("/articles/harbour")

    assert rendered.count("/articles/harbour") == 1


@pytest.mark.slow
def test_of_pages_read_again_the_least_recently_used_is_evicted_first(
    guest, rendered, harbour, cache_store
):
    for number in range(100):
        guest.get("/articles/harbour")
        for _ in range(2):
            guest.get(f"/articles/harbour?lang={number}")

    assert rendered.count("/articles/harbour") == 1
    assert cache_store.bytes <= 400_000


def write_in_another_thread(app, verb):
    """Writes in another thread, while a request is being answered in this one."""

    def write():
        with app.app_context(), writing():
            verb()

    thread = threading.Thread(target=write)
    thread.start()
    thread.join()


@pytest.mark.parametrize("moment", ["before_request", "after_request"])
def test_a_page_rendered_during_a_write_is_not_served_afterwards(app, guest, harbour, moment):
    def close_meanwhile(response=None):
        if not closed:
            closed.append(True)
            write_in_another_thread(
                app, lambda: db.session.get_one(Article, harbour.id).close(reason="Storm")
            )
        return response

    closed = []
    getattr(app, f"{moment}_funcs").setdefault(None, []).append(close_meanwhile)

    during, after = guest.get("/articles/harbour").text, guest.get("/articles/harbour").text

    assert ("Storm" in during) is (moment == "before_request")
    assert "Storm" in after


def test_a_slow_old_page_does_not_replace_the_new_one(app, guest, harbour):
    """It is begun first and ends last, after another guest already had the new one."""

    def close_and_read_meanwhile(response):
        if not closed:
            closed.append(True)
            write_in_another_thread(
                app, lambda: db.session.get_one(Article, harbour.id).close(reason="Storm")
            )
            reader = threading.Thread(target=lambda: seen.append(read()))
            reader.start()
            reader.join()
        return response

    def read():
        with app.app_context():
            return Client(app).get("/articles/harbour").text

    closed, seen = [], []
    app.after_request_funcs.setdefault(None, []).append(close_and_read_meanwhile)

    guest.get("/articles/harbour")

    assert "Storm" in seen[0] and "Storm" in guest.get("/articles/harbour").text


@pytest.mark.slow
def test_readers_during_writes_never_see_an_old_page_after_a_new_one(app, ada, harbour):
    over, seen = threading.Event(), {n: [] for n in range(3)}

    def count():
        with app.app_context():
            answer = Client(app).get("/api/v1/counts?article=harbour").json
        return answer["counts"]["harbour"]

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


def test_of_many_requests_for_a_stale_page_one_renders_it(app, ada, guest, harbour, monkeypatch):
    """The others wait for it and get it."""
    waiting, single_flight = threading.Semaphore(0), middleware._single_flight
    seen, readers, made = [], [], []

    def count_and_wait(page):
        waiting.release()
        return single_flight(page)

    def read():
        with app.app_context():
            seen.append(Client(app).get("/articles/harbour").text)

    def wait_for_the_others(response):
        made.append(True)
        if not readers:
            readers.extend(threading.Thread(target=read) for _ in range(4))
            for reader in readers:
                reader.start()
            assert all(waiting.acquire(timeout=30) for _ in (made, *readers))
        return response

    guest.get("/articles/harbour")
    say(harbour, ada, "News")
    monkeypatch.setattr(middleware, "_single_flight", count_and_wait)
    app.after_request_funcs.setdefault(None, []).append(wait_for_the_others)
    read()
    for reader in readers:
        reader.join()

    assert len(made) == 1
    assert ["News" in page for page in seen] == [True] * 5


def test_nobody_waits_long_for_another_thread_to_render(app, ada, guest, harbour, monkeypatch):
    monkeypatch.setattr(middleware, "_WAIT_SECONDS", 0.01)

    def read_meanwhile(response):
        if not seen:
            seen.append("")
            reader = threading.Thread(target=read)
            reader.start()
            reader.join()
        return response

    def read():
        with app.app_context():
            seen.append(Client(app).get("/articles/harbour").text)

    guest.get("/articles/harbour")
    say(harbour, ada, "News")
    seen = []
    app.after_request_funcs.setdefault(None, []).append(read_meanwhile)

    guest.get("/articles/harbour")

    assert "News" in seen[1]


def test_a_page_is_not_served_beyond_its_hour(guest, rendered, harbour):
    """Days, months and terms end with one."""
    with time_machine.travel(datetime(2026, 11, 22, 14, 30, tzinfo=UTC), tick=False) as clock:
        for minutes in (0, 29, 1):
            clock.shift(timedelta(minutes=minutes))
            guest.get("/articles/harbour")

    assert rendered == ["/articles/harbour"] * 2


def test_a_page_begun_in_one_hour_and_done_in_the_next_is_rendered_again(app, guest, harbour):
    made = []

    def take_long(response):
        if not made:
            clock.shift(timedelta(seconds=2))
        made.append(True)
        return response

    app.after_request_funcs.setdefault(None, []).append(take_long)
    with time_machine.travel(datetime(2026, 11, 22, 14, 59, 59, tzinfo=UTC), tick=False) as clock:
        for _ in range(3):
            guest.get("/articles/harbour")

    assert len(made) == 2


@pytest.mark.parametrize(
    ("query", "filtered"),
    [
        ("fbclid=IwAR0", ""),
        ("utm_source=navernewsstand&utm_medium=referral", ""),
        ("sort=oldest&fbclid=IwAR0", "?sort=oldest"),
        ("fbclid=IwAR0&so%72t=oldest&x", "?so%72t=oldest"),
        ("&&=&%ff=%ff&lang", "?lang"),
    ],
)
def test_a_link_with_tracking_parameters_gets_the_cached_page(
    guest, rendered, harbour, query, filtered
):
    page = guest.get(f"/articles/harbour{filtered}")

    assert guest.get(f"/articles/harbour?{query}").data == page.data
    assert len(rendered) == 1


def test_links_on_a_page_carry_only_known_parameters(guest, harbour):
    page = guest.get("/articles/harbour?fbclid=IwAR0&sort=oldest")
    refused = guest.get("/desk/comments?fbclid=IwAR0&queue=held")

    assert "sort=oldest" in page.text and "fbclid" not in page.text
    assert refused.location == "/sign-in?next=/desk/comments?queue%3Dheld"


def test_every_query_parameter_in_url_for_is_a_known_one(app):
    in_paths = {name for rule in app.url_map.iter_rules() for name in rule.arguments}
    sources = [path.read_text() for kind in ("html", "py") for path in BOARD.rglob(f"*.{kind}")]
    made = [call for source in sources for call in re.findall(r"url_for\(([^()]*)", source)]
    names = {name for call in made for name in re.findall(r"\b([a-z][a-z_]*)=", call)}

    declared = EVERYWHERE.union(*(view.query for view in app.view_functions.values()))
    assert len(names) > 20
    assert names - in_paths <= declared

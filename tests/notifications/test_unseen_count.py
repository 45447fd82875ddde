"""Open pages ask how many notifications are unseen: a few bytes, for the reader alone."""

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import event

from board.accounts.models import Session
from board.db import db, now, writing
from board.notifications.unseen_count import PATH
from board.web.page_cache.middleware import MISS, ONLY_CACHED
from conftest import say


@pytest.fixture
def told(ada, bora, harbour):
    """ada has one unseen notification."""
    say(harbour, bora, "Reply", to=say(harbour, ada, "Root"))
    return ada


def ask(client, **headers):
    return client.get(PATH, headers=headers)


def test_the_number_is_that_of_the_page(as_, told, bora):
    assert ask(as_(told)).json == {"unseen": 1}
    assert ask(as_(bora)).json == {"unseen": 0}


def test_an_unchanged_number_is_a_304(as_, told, bora, harbour):
    client = as_(told)
    etag = ask(client).headers["ETag"]

    same = ask(client, **{"If-None-Match": etag})
    client.post("/account/notices/seen")
    seen = ask(client, **{"If-None-Match": etag})

    assert (same.status_code, same.data) == (304, b"")
    assert seen.json == {"unseen": 0}


def test_it_is_for_nobody_else_and_not_stored(as_, told):
    headers = ask(as_(told)).headers

    assert headers["Cache-Control"] == "private, no-store"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in headers


def test_a_guest_finds_no_such_page_and_a_false_token_opens_nothing(guest, app):
    assert ask(guest).status_code == 404
    guest.set_cookie("board_session", "A" * 43)
    assert (ask(guest).status_code, ask(guest).data) == (401, b"")


@pytest.mark.parametrize("end", ["ended", "expired", "idle", "suspended"])
def test_a_session_that_is_over_is_told_so(as_, told, end):
    client = as_(told)
    with writing():
        if end == "ended":
            told.end_sessions()
        if end == "suspended":  # by another process, which left the session
            told.suspended_until = now() + timedelta(days=1)
    days = {"expired": Session.LIFE, "idle": Session.IDLE}.get(end, timedelta())

    with time_machine.travel(now() + days + timedelta(days=1 if days else 0)):
        assert ask(client).status_code == 401


def test_a_suspension_that_is_over_shuts_nobody_out(as_, told):
    client = as_(told)
    with writing():
        told.suspended_until = now() - timedelta(days=1)

    assert ask(client).json == {"unseen": 1}


def test_it_is_answered_in_front_of_flask_and_of_its_threads(app, as_, told):
    client, reached = as_(told), []
    cookie = client.get_cookie("board_session")
    environ = {
        "REQUEST_METHOD": "GET", "PATH_INFO": PATH, "QUERY_STRING": "", "HTTP_HOST": "localhost",
        "HTTP_COOKIE": f"lang=ko; board_session={cookie.value}", ONLY_CACHED: True,
        "wsgi.url_scheme": "http",
    }  # fmt: skip
    app.before_request_funcs[None].insert(0, lambda: reached.append(1))

    body = app.wsgi_app(environ, lambda status, headers: reached.append(status))

    assert (body, reached) == ([b'{"unseen":1}'], ["200 OK"])
    assert app.wsgi_app({**environ, "HTTP_COOKIE": ""}, None) is MISS


def test_the_session_is_not_touched(as_, told):
    client, written = as_(told), []
    event.listen(db.engines["writing"], "begin", lambda connection: written.append(1))

    with time_machine.travel(now() + timedelta(days=2)):
        assert ask(client).status_code == 200

    assert written == []


def test_a_broken_database_is_503(as_, told, monkeypatch):
    client = as_(told)
    with writing():
        db.session.execute(db.text("ALTER TABLE session RENAME COLUMN seen_on TO seen"))

    answer = ask(client)

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")


def test_more_than_99_are_counted_as_100(as_, told, app):
    with writing():
        told.unseen_notifications = 100

    assert "알림 <b>99+</b>" in as_(told).get("/account/comments").text

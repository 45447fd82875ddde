"""Hostile input: every answer is a clear page with a 4xx, never a 500 or a half-stored row."""

from contextlib import closing
from datetime import timedelta

import pytest
from sqlalchemy import event, func, select, text, update

from board.accounts.auth import session_query
from board.accounts.models import Session
from board.comments.models import Comment
from board.db import PRAGMAS, close_connections, db, now, sqlite, writing, writing_engine
from conftest import say

FORM = "application/x-www-form-urlencoded"
COMMENTS = "/articles/harbour/comments"


@pytest.fixture
def client(as_, ada, harbour):
    return as_(ada)


def send(client, data, content_type=FORM, url=COMMENTS):
    return client.post(url, data=data, content_type=content_type)


def stored():
    return db.session.scalar(select(func.count()).select_from(Comment))


@pytest.mark.parametrize(
    ("raw", "status"),
    [
        (b"body=a%00b", 400),  # NUL
        (b"body=%ED%A0%80", 400),  # a lone surrogate
        (b"body=%FF%FE", 400),  # not UTF-8
        (b"body=\xff\xfe", 400),
        (b"body=a&body=b", 400),  # the same field twice
        (b"bo%00dy=a&body=b", 400),
        (b"body=a&parent=%00", 400),
        (b"", 422),
        (b"body", 422),
        (b"&&&&", 422),
        (b"=a", 422),
        (b"body=a&parent=99999999999999999999", 422),
        (b"body=a&parent=" + b"9" * 18, 409),
        (b"body=a&key=" + b"k" * 65, 422),
        (b"body=" + b"x" * 70_000, 413),
        (b"&".join(b"f%d=1" % n for n in range(1500)), 413),
    ],
)
def test_forms_that_are_not_a_comment_are_refused(client, raw, status):
    response = send(client, raw)

    assert (response.status_code, stored()) == (status, 0)
    assert "</html>" in response.text


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain", "application/xml", "text/html", "", "a/b; charset=utf-16"],
)
def test_other_content_types_are_refused(client, content_type):
    response = send(client, b'{"body": "hello"}', content_type)

    assert (response.status_code, stored()) == (415, 0)


@pytest.mark.parametrize("depth", [2_000, 30_000])
def test_deeply_nested_json_is_refused_by_its_content_type(client, depth):
    assert send(client, b"[" * depth, "application/json").status_code == 415


def test_too_many_parts_are_refused(client):
    parts = "".join(
        f'--b\r\nContent-Disposition: form-data; name="f{n}"\r\n\r\nx\r\n' for n in range(60)
    )

    response = send(client, f"{parts}--b--\r\n".encode(), "multipart/form-data; boundary=b")

    assert (response.status_code, stored()) == (413, 0)


@pytest.mark.parametrize(
    "broken",
    [b"--b\r\n", b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--", b"\r\n" * 1000, b"--"],
)
def test_broken_multipart_is_refused(client, broken):
    response = send(client, broken, "multipart/form-data; boundary=b")

    assert response.status_code in (400, 413, 422)


MISSING_PATHS = [
    "/comments/0", "/comments/-1", "/comments/9223372036854775808", "/comments/" + "9" * 5000,
    "/comments/%D9%A3", "/comments/%EF%BC%93", "/comments/1_0", "/comments/1e3",
    "/comments/0x1", "/comments/%00", "/comments/1%00", "/articles/%00", "/articles/%ff",
    "/articles/%ED%A0%80", "/articles/../secret_key", "/static/../../instance/secret_key",
    "/static/%2e%2e/%2e%2e/instance/secret_key", "/articles/" + "a" * 3000, "//evil.example",
    "/nowhere/", "/account/x.css", "/account;.js", "/account%2Fx.js",
    "/account%00.css", "/console", "/.git/config",
]  # fmt: skip


def test_paths_that_lead_nowhere_are_not_found(client):
    for path in MISSING_PATHS:
        response = client.get(path)
        assert response.status_code in (404, 400, 414), path
        assert response.headers["Cache-Control"] == "private, no-store", path


def test_an_overlong_address_is_refused(client):
    assert client.get("/?" + "a" * 5000).status_code == 414


@pytest.mark.parametrize("query", ["before=%00", "before=%ff", "before=1&before=2", "lang=%00"])
def test_unreadable_queries_are_refused(client, query):
    assert client.get(f"/articles/harbour/comments?{query}").status_code == 400


@pytest.mark.parametrize("lang", ["xx", "ko_KR", "../../etc", "<script>", "en\u3164"])
def test_an_unknown_language_falls_back_to_korean(client, lang):
    page = client.get("/", query_string={"lang": lang})

    assert page.status_code == 200
    assert '<html lang="ko">' in page.text


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH", "TRACE", "CONNECT", "PROPFIND"])
def test_other_methods_are_refused(client, harbour, verb):
    response = client.open("/articles/harbour", method=verb)

    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]


def test_get_on_a_post_endpoint_is_refused(client, ada, harbour):
    comment = say(harbour, ada, "Still here")

    for act in ("delete", "hide", "restore"):
        assert client.get(f"/comments/{comment.id}/{act}").status_code in (404, 405)
    assert comment.is_visible


@pytest.mark.parametrize(
    "cookie", ["", "x", "\x00", "한글", "a" * 3000, "'; DROP TABLE session; --", "%00"]
)
def test_a_cookie_without_a_session_means_a_guest(guest, cookie):
    guest.set_cookie("board_session", cookie)

    assert guest.get("/account").status_code == 303


def test_cookies_of_other_programs_sign_nobody_in(guest, harbour):
    guest.set_cookie("remember_token", "1|" + "a" * 128)
    guest.set_cookie("session", ".eJwlzjkOwjAQAMC_uKbYw3ux")

    assert guest.get("/account").status_code == 303


def test_forwarded_headers_without_a_proxy_change_nothing(guest, harbour):
    plain = guest.get("/articles/harbour").data
    headers = {
        "X-Forwarded-For": "6.6.6.6",
        "X-Forwarded-Host": "evil.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/evil",
        "X-Original-URL": "/account",
        "Forwarded": "host=evil.example",
    }

    assert guest.get("/articles/harbour", headers=headers).data == plain


@pytest.mark.slow
def test_a_full_disk_is_503_with_the_text_still_there(app, client, guest, harbour):
    pages = db.session.scalar(text("PRAGMA page_count"))
    db.session.rollback()

    def fill(connection, _record, _proxy):
        connection.execute(f"PRAGMA max_page_count = {pages}")

    event.listen(writing_engine(), "checkout", fill)
    close_connections()
    answers = [client.post(COMMENTS, data={"body": f"{n} " + "가" * 290}) for n in range(40)]
    event.remove(writing_engine(), "checkout", fill)

    refused = [answer for answer in answers if answer.status_code != 303]
    assert {answer.status_code for answer in refused} == {503}
    assert "가" * 290 in refused[0].text
    assert guest.get("/articles/harbour").status_code == 200
    assert stored() == len(answers) - len(refused) == harbour.comment_count


def test_a_database_held_by_another_program_is_503_and_reading_goes_on(
    app, client, guest, harbour, monkeypatch
):
    monkeypatch.setattr(app.extensions["write_lock"], "WAIT", 0.05)
    with closing(sqlite.connect(db.engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        refused = client.post(COMMENTS, data={"body": "Waiting"})
        read = guest.get("/articles/harbour")
        other.execute("ROLLBACK")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert "Waiting" in refused.text
    assert read.status_code == 200
    assert client.post(COMMENTS, data={"body": "Waiting"}).status_code == 303


def test_a_member_can_still_read_while_nothing_can_be_written(as_, ada, harbour, monkeypatch):
    client = as_(ada)
    with writing():
        db.session.execute(update(Session).values(seen_on=now().date() - timedelta(days=2)))
    monkeypatch.setitem(PRAGMAS, "busy_timeout", 50)
    close_connections()

    with closing(sqlite.connect(db.engine.url.database, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        read = client.get("/account")
        other.execute("ROLLBACK")

    assert read.status_code == 200


@pytest.mark.parametrize("method", ["get", "post"])
def test_a_member_who_cannot_be_looked_up_gets_503_and_keeps_the_text(
    as_, ada, harbour, monkeypatch, method
):
    """The error page itself looks up the viewer in the database that fails."""
    client = as_(ada)
    missing = text("SELECT nothing FROM nowhere")
    monkeypatch.setattr(session_query, "with_user", lambda _token: (missing, {}))

    data = {"body": "다 쓴 글"} if method == "post" else None
    answer = client.open("/articles/harbour/comments", method=method, data=data)

    assert answer.status_code == 503
    assert "잠시 뒤" in answer.text and "로그인" in answer.text
    assert ("다 쓴 글" in answer.text) is (method == "post")

"""The disk is full or read-only: reading goes on, posts are refused whole, and hiding is tried."""

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import close_connections
from board.ops.doctor import doctor
from board.runtime import disk, jobs
from conftest import say
from support.real_server import Server
from support.small_disk import fill, read_only, small_disk

pytestmark = pytest.mark.slow

PATH = "/articles/harbour/comments"
WORDS = "A sentence that took an hour."
MEGABYTE = 1024**2


@pytest.fixture
def no_reserve() -> None:
    """They have their reserve."""


@pytest.fixture
def tmp_path(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path, "64m") as path:
        yield path


@pytest.fixture
def comment(app: Flask, harbour: Article, bora: User) -> Comment:
    """On a board that has its reserve."""
    assert "disk reserve" in jobs.run_pending()
    return say(harbour, bora, "She lives at 3 Pier Street")


def claim_of(comment: Comment) -> dict[str, object]:
    return {
        "url": f"/comments/{comment.id}", "sentence": "3 Pier Street", "kind": "privacy",
        "text": WORDS, "wish": "block", "requester": "person", "name": "Kim Harbour",
        "contact": "kim@pier.example", "consent": "y",
        "proof": (io.BytesIO(b"notes " * 1000), "n.txt"),
    }  # fmt: skip


def is_refused_with_its_words(answer: TestResponse) -> bool:
    return (
        answer.status_code == 503
        and "저장되지 않았습니다" in answer.text
        and f"{WORDS}</textarea>" in answer.text
        and int(answer.headers["Retry-After"]) > 0
    )


def everybody_reads(*clients: FlaskClient) -> bool:
    paths = ("/", "/articles/harbour", "/rulings", "/feed.atom", "/healthz")
    return {client.get(path).status_code for path in paths for client in clients} == {200}


def bad_lines(app: Flask) -> list[str]:
    output = app.test_cli_runner().invoke(doctor).output
    lines = output.splitlines()
    return [line for line in lines if line.startswith(("BAD the disk", "BAD nothing can be"))]


def test_posts_are_refused_with_what_was_typed_and_reading_goes_on(
    app: Flask, as_: Callable[[User], FlaskClient], guest: FlaskClient, ada: User,
    comment: Comment, tmp_path: Path,
) -> None:  # fmt: skip
    client = as_(ada)
    filler = fill(tmp_path, free=4 * MEGABYTE)

    assert is_refused_with_its_words(client.post(PATH, data={"body": WORDS}))
    english = client.post(f"{PATH}?lang=en", data={"body": WORDS})
    assert "Nothing was saved. You can go on reading" in english.text
    assert everybody_reads(guest, client)
    ready = guest.get("/readyz")
    assert (ready.status_code, ready.json["disk"], ready.json["ready"]) == (503, "full", False)
    assert bad_lines(app) == ["BAD the disk has 4 MB left, so nobody can post: make room"]

    filler.unlink()
    assert client.post(PATH, data={"body": WORDS}).status_code == 303
    assert guest.get("/readyz").json["disk"] == "ok" and bad_lines(app) == []


def test_hiding_deleting_and_signing_out_take_the_reserve(
    as_: Callable[[User], FlaskClient], ada: User, mo: User, harbour: Article, comment: Comment,
    guest: FlaskClient, tmp_path: Path,
) -> None:  # fmt: skip
    own = say(harbour, ada, "Own")
    client, moderator = as_(ada), as_(mo)
    filler = fill(tmp_path, free=0)

    hidden = moderator.post(f"/comments/{comment.id}/hide", data={"reason": "privacy"})
    deleted = client.post(f"/comments/{own.id}/delete")
    assert is_refused_with_its_words(client.post(PATH, data={"body": WORDS}))
    left = client.post("/sign-out")

    assert (hidden.status_code, deleted.status_code, left.status_code) == (303, 303, 303)
    page = guest.get("/articles/harbour/comments").text
    assert ("Pier Street" in page, "Own" in page) == (False, False)
    assert client.get("/account").status_code != 200
    assert not (tmp_path / "reserve").exists() and "disk reserve" not in jobs.run_pending()

    filler.unlink()
    assert "disk reserve" in jobs.run_pending()
    assert (tmp_path / "reserve").stat().st_size == disk.RESERVE


def test_a_claim_with_a_file_gets_a_clear_page(
    guest: FlaskClient, comment: Comment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filler = fill(tmp_path, free=MEGABYTE)
    assert is_refused_with_its_words(guest.post("/report/rights", data=claim_of(comment)))

    # Also if the disk is filled between the look at it and the file.
    monkeypatch.setattr(disk, "trouble", lambda: None)
    fill(tmp_path, free=0)
    assert is_refused_with_its_words(guest.post("/report/rights", data=claim_of(comment)))
    assert [*(tmp_path / "evidence").glob("*")] == []

    filler.unlink()
    assert guest.post("/report/rights", data=claim_of(comment)).status_code == 201


def test_the_server_does_not_keep_a_claim_with_a_larger_file_waiting(
    comment: Comment, guest: FlaskClient, tmp_path: Path
) -> None:
    form = claim_of(comment) | {"proof": (io.BytesIO(b"notes " * 50_000), "n.txt")}
    environ = EnvironBuilder(method="POST", data=form).get_environ()
    body = environ["wsgi.input"].read()
    headers = {"Content-Type": environ["CONTENT_TYPE"], "Sec-Fetch-Site": "same-origin"}
    close_connections()
    with Server(tmp_path, workers=1) as server:
        fill(tmp_path, free=0)
        with closing(HTTPConnection("127.0.0.1", server.port, timeout=60)) as connection:
            connection.request("POST", "/report/rights", body, headers)
            answer = connection.getresponse()
            page = answer.read().decode()
    assert answer.status == 503
    assert "저장되지 않았습니다" in page and f"{WORDS}</textarea>" in page


def test_a_read_only_folder_refuses_all_that_and_reading_goes_on(
    app: Flask, as_: Callable[[User], FlaskClient], guest: FlaskClient, ada: User,
    comment: Comment, tmp_path: Path,
) -> None:  # fmt: skip
    client = as_(ada)
    assert guest.get("/articles/harbour").status_code == 200
    with read_only(tmp_path):
        assert is_refused_with_its_words(client.post(PATH, data={"body": WORDS}))
        assert is_refused_with_its_words(guest.post("/report/rights", data=claim_of(comment)))
        assert everybody_reads(guest, client)
        assert guest.get("/readyz").json["disk"] == "read-only"
        assert bad_lines(app) == [
            "BAD nothing can be written to the disk: mount it for writing, or see its rights"
        ]

    assert client.post(PATH, data={"body": WORDS}).status_code == 303
    assert guest.get("/readyz").status_code == 200

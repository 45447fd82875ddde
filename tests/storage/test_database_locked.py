"""Locked database: another program holds it, such as a backup or an SQL prompt."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import PRAGMAS, close_connections, db, writing_engine
from board.db.engine import _begin_immediate
from board.db.write_lock import WriteLock
from conftest import say
from support.real_server import Response, Server, token_of
from support.wait import until

# Locks the file as any SQLite program does, without our lock, until its input ends.
HOLDER = """
import sys
from board.db import sqlite
connection = sqlite.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
connection.execute("ROLLBACK")
"""


@contextmanager
def locked(database: Path) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(database)],
        cwd=Path(__file__).parents[2],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout and process.stdout.readline() == "locked\n"
    try:
        yield
    finally:
        process.communicate()


@pytest.fixture
def short_wait(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app.extensions["write_lock"], "WAIT", 0.05)


@pytest.mark.slow
def test_a_comment_is_refused_with_its_text_and_posted_when_the_file_is_free(
    app: Flask,
    as_: Callable[[User], FlaskClient],
    ada: User,
    harbour: Article,
    tmp_path: Path,
    short_wait: None,
) -> None:
    client = as_(ada)
    comment = {"body": "The ferry is back", "key": "ferry"}
    with locked(tmp_path / "board.db"):
        refused = client.post("/articles/harbour/comments", data=comment)
        in_english = client.post("/articles/harbour/comments?lang=en", data=comment)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
    assert "The ferry is back</textarea>" in refused.text
    assert "저장되지 않았습니다" in refused.text and "Nothing was saved" in in_english.text
    assert db.session.query(Comment).count() == 0

    assert client.post("/articles/harbour/comments", data=comment).status_code == 303
    assert client.post("/articles/harbour/comments", data=comment).status_code == 303
    assert db.session.query(Comment).count() == harbour.comment_count == 1


@pytest.mark.slow
def test_everyone_reads_while_the_file_is_locked(
    as_: Callable[[User], FlaskClient],
    guest: FlaskClient,
    ada: User,
    harbour: Article,
    tmp_path: Path,
    short_wait: None,
) -> None:
    client = as_(ada)
    say(harbour, ada, "Before")
    with locked(tmp_path / "board.db"):
        for reader in (guest, client):
            for path in ("/", "/articles/harbour", "/api/v1/articles/harbour/comments", "/readyz"):
                assert reader.get(path).status_code == 200
            assert "Before" in reader.get("/articles/harbour").text


def test_our_own_queue_and_other_programs_share_one_deadline(app: Flask) -> None:
    """The time spent in our queue is deducted from the time SQLite may wait."""
    statements: list[str] = []
    driver = writing_engine().raw_connection().dbapi_connection
    assert driver
    driver.set_trace_callback(statements.append)
    with app.extensions["write_lock"].within(1) as deadline:
        _begin_immediate(driver, deadline)
        driver.rollback()
    waits = [int(each.rpartition(" ")[2]) for each in statements if "busy_timeout" in each]
    assert len(waits) == 2 and waits[0] <= 1000 < waits[1] == PRAGMAS["busy_timeout"]


@pytest.mark.slow
def test_while_many_wait_to_write_the_server_goes_on_serving_readers(
    app: Flask, ada: User, harbour: Article, tmp_path: Path
) -> None:
    """More people post at once than the one worker has threads; they must not block it."""
    token, answers = token_of(ada), list[Response]()
    close_connections()
    with Server(tmp_path, workers=1) as server, locked(tmp_path / "board.db"):

        def post(number: int) -> None:
            comment = {"body": f"Comment {number}", "key": str(number)}
            answers.append(server.post("/articles/harbour/comments", token=token, **comment))

        writers = [threading.Thread(target=post, args=(number,)) for number in range(30)]
        for writer in writers:
            writer.start()
        until(lambda: answers, "a writer gets an answer because the queue is full")
        pages = [server.get("/articles/harbour"), server.get("/articles/harbour", token=token)]
        still_waiting = sum(writer.is_alive() for writer in writers)
        for writer in writers:
            writer.join()
    assert [page.status for page in pages] == [200, 200]
    assert still_waiting >= 1 + WriteLock.QUEUE
    assert [(answer.status, answer.text.count("Comment ")) for answer in answers] == [(503, 1)] * 30
    assert db.session.query(Comment).count() == 0

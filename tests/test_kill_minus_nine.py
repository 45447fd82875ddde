"""Killed at any moment, the board loses no comment it has acknowledged and stores none twice."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import closing
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from urllib.parse import urlencode

import pytest
from sqlalchemy import func, select, text

from board.accounts import models as accounts
from board.comments.models import Comment
from board.db import db, writing
from conftest import person

ROOT = Path(__file__).parent.parent
KILLS = 40
CLIENTS = 4


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """The production server in a process group of its own."""

    def __init__(self, folder: Path, port: int) -> None:
        self.folder, self.port = folder, port
        self.start()

    def start(self) -> None:
        limits = {
            "BOARD_COMMENT_INTERVAL_SECONDS": "0", "BOARD_COMMENTS_PER_DAY": "0",
            "BOARD_ROOT_COMMENTS_PER_ARTICLE": "0", "BOARD_SAME_TEXT_HOURS": "0",
        }  # fmt: skip
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", "serve", "--port", str(self.port)],
            cwd=ROOT,
            env={**os.environ, **limits, "BOARD_INSTANCE": str(self.folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.wait()

    def wait(self) -> None:
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                with closing(HTTPConnection("127.0.0.1", self.port, timeout=2)) as connection:
                    connection.request("GET", "/healthz")
                    if connection.getresponse().status == 200:
                        return
            except OSError:
                assert self.process.poll() is None, "the server ended"
                threading.Event().wait(0.02)
        raise AssertionError("the server did not start")

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()


class Poster(threading.Thread):
    """Posts numbered comments; repeats each with the same key until it is acknowledged."""

    def __init__(self, name: str, token: str, port: int, over: threading.Event) -> None:
        super().__init__()
        self.name, self.token, self.port, self.over = name, token, port, over
        self.acknowledged: list[str] = []

    def run(self) -> None:
        number = 0
        while not self.over.is_set():
            text = f"{self.name} {number}"
            if self.post(text):
                self.acknowledged.append(text)
                number += 1
            else:
                self.over.wait(0.01)

    def post(self, text: str) -> bool:
        headers = {
            "Origin": f"http://127.0.0.1:{self.port}",
            "Cookie": f"board_session={self.token}",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        try:
            body = urlencode({"body": text, "key": text})
            with closing(HTTPConnection("127.0.0.1", self.port, timeout=5)) as connection:
                connection.request("POST", "/articles/harbour/comments", body, headers)
                return connection.getresponse().status == 303
        except (OSError, HTTPException):
            return False


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_forty_kills_under_posting_load_lose_and_duplicate_nothing(app, tmp_path, harbour):
    chance = random.Random(20261123)
    posters, over = [], threading.Event()
    server = Server(tmp_path, free_port())
    try:
        for number in range(CLIENTS):
            poster = person(f"poster {number}")
            with writing():
                _, token = accounts.sign_in(poster, device="test")
            posters.append(Poster(poster.name, token, server.port, over))
        db.engine.dispose()
        for thread in posters:
            thread.start()
        for _ in range(KILLS):
            over.wait(chance.uniform(0.05, 0.3))
            server.kill()
            server.start()
        over.set()
        for thread in posters:
            thread.join()
    finally:
        over.set()
        server.kill()

    stored = db.session.scalars(select(Comment.body)).all()
    acknowledged = {text for thread in posters for text in thread.acknowledged}
    assert len(acknowledged) > KILLS
    assert acknowledged - set(stored) == set()
    assert len(stored) == len(set(stored))
    assert harbour.comment_count == db.session.scalar(select(func.count()).select_from(Comment))
    assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"

"""The production server in a process group of its own: to be visited, killed and started again."""

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode

from board.accounts import models as accounts
from board.accounts.models import User
from board.db import writing
from board.db.clock import today
from conftest import NO_LIMITS
from support.wait import until

ROOT = Path(__file__).parents[2]


def token_of(user: User) -> str:
    """What this person's browser holds when signed in."""
    with writing():
        return accounts.sign_in(user, device="test", today=today(), second_factor=True)[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Server:
    """Serves the board of this folder; nobody there has to wait between two comments."""

    def __init__(self, folder: Path, *, workers: int = 2) -> None:
        self.folder, self.workers, self.port = folder, workers, free_port()
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()

    def start(self) -> None:
        serve = ["serve", "--port", str(self.port), "--workers", str(self.workers)]
        settings = {f"BOARD_{name}": str(value) for name, value in NO_LIMITS.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", *serve],
            cwd=ROOT,
            env={**os.environ, **settings, "BOARD_INSTANCE": str(self.folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._wait()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def get(self, path: str, *, token: str = "") -> Answer:
        return self._ask("GET", path, None, token)

    def post(self, path: str, *, token: str, **form: str) -> Answer:
        """Raises OSError or HTTPException when the server dies before it has answered."""
        return self._ask("POST", path, urlencode(form), token)

    def _ask(self, method: str, path: str, body: str | None, token: str) -> Answer:
        headers = {"Origin": f"http://127.0.0.1:{self.port}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if token:
            headers["Cookie"] = f"board_session={token}"
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Answer(answer.status, dict(answer.getheaders()), answer.read().decode())

    def _wait(self) -> None:
        until(self._answers, "the server starts")

    def _answers(self) -> bool:
        assert self.process.poll() is None, "the server ended"
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False

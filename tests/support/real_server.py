"""The production server in its own process group, to be requested, killed and started again."""

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
from typing import IO, Any, Self
from urllib.parse import urlencode

from board.accounts.auth import sessions
from board.accounts.models import User
from board.db import writing
from board.db.clock import today
from conftest import NO_LIMITS
from support.wait import until

ROOT = Path(__file__).parents[2]


def token_of(user: User) -> str:
    """A new session token of this user."""
    with writing():
        return sessions.sign_in(user, device="test", today=today(), second_factor=True)[1]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Response:
    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Server:
    """Serves the board in this folder, without posting limits."""

    def __init__(
        self,
        folder: Path,
        *,
        workers: int = 2,
        settings: dict[str, str] | None = None,
        stderr: int | IO[str] = subprocess.DEVNULL,
    ) -> None:
        self.folder, self.workers, self.port = folder, workers, free_port()
        self.settings, self.stderr = settings or {}, stderr
        self.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.kill()

    def start(self) -> None:
        serve = ["serve", "--port", str(self.port), "--workers", str(self.workers)]
        given = {**NO_LIMITS, **self.settings}
        settings = {f"BOARD_{name}": str(value) for name, value in given.items()}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", "wsgi", *serve],
            cwd=ROOT,
            env={**os.environ, **settings, "BOARD_INSTANCE": str(self.folder)},
            stdout=subprocess.DEVNULL,
            stderr=self.stderr,
            start_new_session=True,
        )
        self._wait_until_healthy()

    def kill(self) -> None:
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def get(self, path: str, *, token: str = "") -> Response:
        return self._request("GET", path, None, token)

    def post(self, path: str, *, token: str, **form: str) -> Response:
        """Raises OSError or HTTPException if the server dies before it answers."""
        return self._request("POST", path, urlencode(form), token)

    def _request(self, method: str, path: str, body: str | None, token: str) -> Response:
        headers = {"Origin": f"http://127.0.0.1:{self.port}"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if token:
            headers["Cookie"] = f"board_session={token}"
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            return Response(answer.status, dict(answer.getheaders()), answer.read().decode())

    def _wait_until_healthy(self) -> None:
        until(self._is_healthy, "the server starts")

    def _is_healthy(self) -> bool:
        assert self.process.poll() is None, "the server ended"
        try:
            return self.get("/healthz").status == 200
        except OSError:
            return False

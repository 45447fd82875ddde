"""Who gets a thread, and which, when a request comes."""

import asyncio
import threading
from collections.abc import Callable, Iterable
from types import SimpleNamespace
from typing import Any, cast

from flask import Flask

from board.ops.server.dispatcher import WRITERS, Dispatcher
from board.ops.server.receiver import Receiver
from support.wait import until


class Connection:
    """Granian's side: the status that it was told to send."""

    def __init__(self, path: str, length: int) -> None:
        headers = {"host": "board.example", "content-length": str(length)}
        self.scope = SimpleNamespace(
            path=path, method="POST", query_string="", scheme="http", http_version="1.1",
            server="127.0.0.1:80", client="127.0.0.1:9", headers=headers, authority=None,
        )  # fmt: skip
        self.proto, self.status = self, 0

    def response_bytes(self, status: int, _headers: object, _body: bytes) -> None:
        self.status = status


def test_a_form_is_refused_before_its_body_while_all_others_wait_for_something() -> None:
    may_end, waiting = threading.Event(), threading.Semaphore(0)

    def app(environ: dict[str, Any], start: Callable[..., None]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/waits":
            waiting.release()
            may_end.wait(60)
        start("403 Forbidden", [])
        return [b""]

    dispatch = Dispatcher(  # nothing here is received
        cast(Flask, SimpleNamespace(wsgi_app=app)),
        cast(asyncio.AbstractEventLoop, None),
        cast(Receiver, None),
    )
    others = [Connection("/waits", 0) for _ in range(WRITERS)]
    for other in others:
        dispatch(other)
    for _ in others:
        assert waiting.acquire(timeout=60)
    form = Connection("/refused", 60_000)
    dispatch(form)
    until(lambda: form.status, "the form is refused")
    told = {other.status for other in others}
    may_end.set()
    until(lambda: all(other.status for other in others), "all others end")

    assert (form.status, told) == (403, {0})

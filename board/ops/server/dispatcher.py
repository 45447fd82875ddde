"""Dispatcher: a cached page is answered at once, all else gets a thread; what has a body gives it
up until the body is there.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from board.ops.server.environ import environ_of
from board.ops.server.exchange import CLOSE, Exchange
from board.ops.server.receiver import ClientGone, Receiver
from board.web.page_cache.middleware import MISS, ONLY_CACHED
from board.web.request.body import BodyNeeded, RequestBody

# Of each worker, apart, so that no form keeps a reader waiting. Two would keep the interpreter
# busy; the others wait for the write lock, a search or a password check.
READERS, WRITERS = 24, 32
# Of each worker, to check the headers of a form before its body comes. That waits for nothing, so
# that more threads would only compete for the interpreter.
GUARDS = 4
_READING = ("GET", "HEAD")
_NO_BODY = RequestBody(0)
_log = logging.getLogger(__name__)


class Start:
    """`start_response`."""

    status: int
    headers: list[tuple[str, str]]

    def __call__(self, status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        self.status, self.headers = int(status[:3]), headers


class Dispatcher:
    """Called by a thread of Granian’s for each request; it must not wait, nor raise."""

    def __init__(self, app: Flask, loop: asyncio.AbstractEventLoop, receiver: Receiver) -> None:
        self._app: Callable[[dict[str, Any], Any], Iterable[bytes]] = app.wsgi_app
        self._loop, self._receiver = loop, receiver
        self._readers = ThreadPoolExecutor(READERS, "reader")
        self._writers = ThreadPoolExecutor(WRITERS, "writer")
        self._guards = ThreadPoolExecutor(GUARDS, "guard")
        self._tasks: set[asyncio.Task[None]] = set()  # the loop itself holds none of them

    def __call__(self, watcher: Any) -> None:
        _guarded(self._dispatch, Exchange(watcher))

    def _dispatch(self, exchange: Exchange) -> None:
        if exchange.scope.method in _READING:
            if not self._respond_from_cache(exchange):
                self._readers.submit(_guarded, self._run, exchange, _NO_BODY)
        elif exchange.is_chunked:  # no browser sends a form without its length
            exchange.respond(411, [CLOSE], [b"Length Required\n"])
        else:
            pool = self._guards if exchange.length else self._writers
            pool.submit(_guarded, self._run, exchange, RequestBody(exchange.length))

    def _respond_from_cache(self, exchange: Exchange) -> bool:
        start, environ = Start(), environ_of(exchange.scope, _NO_BODY)
        environ[ONLY_CACHED] = True
        chunks = self._app(environ, start)
        if chunks is MISS:
            return False
        exchange.respond(start.status, start.headers, chunks)
        return True

    def _run(self, exchange: Exchange, body: RequestBody) -> None:
        start = Start()
        try:
            chunks = self._app(environ_of(exchange.scope, body), start)
        except BodyNeeded as need:
            self._loop.call_soon_threadsafe(self._begin, exchange, need)
            return
        try:
            headers = start.headers if body.is_whole else [*start.headers, CLOSE]
            exchange.respond(start.status, headers, chunks)
        finally:
            body.close()
            if close := getattr(chunks, "close", None):
                close()

    def _begin(self, exchange: Exchange, need: BodyNeeded) -> None:
        task = self._loop.create_task(self._receive(exchange, need))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _receive(self, exchange: Exchange, need: BodyNeeded) -> None:
        try:
            body = await self._receiver.receive(exchange.proto, exchange.length, need)
        except ClientGone:
            exchange.respond(400, [CLOSE], [])
            return
        self._writers.submit(_guarded, self._run, exchange, body)


def _guarded(act: Callable[..., None], exchange: Exchange, *more: Any) -> None:
    """Answer 500 to what went wrong outside the app."""
    try:
        act(exchange, *more)
    except BaseException:
        _log.exception("a request failed outside the app")
        exchange.respond(500, [CLOSE], [])

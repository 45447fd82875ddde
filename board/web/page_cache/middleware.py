"""Guests' pages, kept whole in front of Flask.

A page that is the same for every guest is made once and handed out as bytes until something it
shows has changed. Whether anything at all was committed since is one question to SQLite
(`PRAGMA data_version`, on a connection that does nothing else, 3 µs); if so, a page about one
article is still good while that article's `revision` stands. So nothing stale is ever served, in
any worker, and nothing has to be told about what to drop.

A page that time alone will change says until when it is good, and none is good beyond its hour:
days, months and terms end with one. Of all who ask for a page that is out of date, one makes it
anew.

Only answers that say `public` themselves are kept, and only for requests that carry none of our
cookies, so nothing private can be. What a page could depend on is its key; other cookies are taken
away before Flask looks, so nobody can write into a page that others get.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from flask import Flask, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_etags, unquote_etag

from board.db import db, now, sqlite

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
Application = Callable[[Environ, Any], Iterable[bytes]]
Key = tuple[str | bool, ...]

BYTES_MAX = 32 * 1024 * 1024  # in all, per worker
PAGE_MAX = 1024 * 1024  # a larger answer is not worth the room
UNKNOWN = -1
_PATIENCE = 1.0  # seconds to wait for somebody who makes the same page
_OUR_COOKIES = re.compile(r"(?:^|;)\s*(?:__Host-)?(?:board_|lang=)")
_ABOUT = "board.about"
_UNTIL = "board.until"
# RFC 9110 15.4.5; the rest stands with the page the asker has. And who may read it, for browsers
# that ask for permission again.
_SAID_IN_304 = (
    "cache-control", "content-location", "date", "etag", "expires", "vary",
    "access-control-allow-origin",
)  # fmt: skip


def about(article_id: int, revision: int) -> None:
    """Says in a view: the answer shows this article and its thread, and nothing else changes it."""
    request.environ[_ABOUT] = (article_id, revision)


def until(moment: datetime | None) -> None:
    """Says in a view: from this moment on the answer would be another, whatever was committed."""
    if moment:
        request.environ[_UNTIL] = min(moment, request.environ.get(_UNTIL, moment))


@dataclass
class Page:
    status: str
    headers: Headers
    body: bytes
    etag: str | None
    about: tuple[int, int] | None
    for_good: bool
    until: datetime
    good_at: int  # the version of the database it was last seen to be right for
    renewal: threading.Lock = field(default_factory=threading.Lock)

    @cached_property
    def unchanged(self) -> Headers:
        """What is said of it to somebody who has it."""
        return [header for header in self.headers if header[0].lower() in _SAID_IN_304]

    @cached_property
    def bytes(self) -> int:
        """About what it weighs in memory, its key aside."""
        headers = sum(len(name) + len(value) + 200 for name, value in self.headers)
        return len(self.body) + headers + 1000


class Room:
    """Pages up to so many bytes; when it is full, the one not asked for longest leaves."""

    def __init__(self, share: float) -> None:
        self._share = share
        self._pages: OrderedDict[Key, Page] = OrderedDict()
        self.bytes = 0

    def __contains__(self, key: Key) -> bool:
        return key in self._pages

    def get(self, key: Key) -> Page | None:
        if page := self._pages.get(key):
            self._pages.move_to_end(key)
        return page

    def add(self, key: Key, page: Page) -> None:
        self.take(key)
        self._pages[key] = page
        self.bytes += _weight(key, page)
        while self.bytes > BYTES_MAX * self._share:
            self.take(next(iter(self._pages)))

    def take(self, key: Key) -> Page | None:
        if page := self._pages.pop(key, None):
            self.bytes -= _weight(key, page)
        return page


class Shelf:
    """What is kept. A page moves to the larger room when it is asked for a second time, so one
    visitor who asks for thousands of addresses, each once, drives out nothing that others read."""

    def __init__(self) -> None:
        self._once, self._again = Room(0.25), Room(0.75)
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        return self._once.bytes + self._again.bytes

    def get(self, key: Key) -> Page | None:
        with self._lock:
            if page := self._once.take(key):
                self._again.add(key, page)
            return page or self._again.get(key)

    def add(self, key: Key, page: Page) -> None:
        with self._lock:
            room = self._again if key in self._again else self._once
            room.add(key, page)


class Kept:
    """WSGI middleware: answers from memory what it may, and watches what passes for more."""

    def __init__(self, app: Flask) -> None:
        self._app: Application = app.wsgi_app
        self._watch = Watch(app)
        self._shelf = Shelf()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        cookies = environ.get("HTTP_COOKIE")
        if method not in ("GET", "HEAD") or (cookies and _OUR_COOKIES.search(cookies)):
            return self._app(environ, start_response)
        environ.pop("HTTP_COOKIE", None)
        key, version = _key(environ), self._watch.version()
        page = self._shelf.get(key)
        if page and self._is_good(page, version):
            return _answer(page, environ, start_response)
        if method == "HEAD" or version == UNKNOWN:  # Flask has words for a database in trouble
            return self._app(environ, start_response)
        with _turn(page):
            newer = self._shelf.get(key)
            if newer and newer is not page and self._is_good(newer, version):
                return _answer(newer, environ, start_response)
            return self._make(key, version, environ, start_response)

    def close(self) -> None:
        """Give back what is held open; it is opened anew when it is needed."""
        self._watch.close()

    def _is_good(self, page: Page, version: int) -> bool:
        if page.until <= now() or version == UNKNOWN:
            return False
        if page.good_at == version or page.for_good:
            return True
        if page.about and self._watch.revision(page.about[0]) == page.about[1]:
            page.good_at = version
            return True
        return False

    def _make(
        self, key: Key, version: int, environ: Environ, start_response: Any
    ) -> Iterable[bytes]:
        """Ask Flask; keep the answer if it may be kept. `version` was read before Flask reads, and
        so is the hour."""
        told: list[Any] = []
        hour = _end_of_hour()

        def listen(status: str, headers: Headers, *rest: Any) -> Any:
            told[:] = [status, headers]
            return start_response(status, headers, *rest)

        answer = self._app(environ, listen)
        status, headers = told
        known = {name.lower(): value for name, value in headers}
        caching = known.get("cache-control", "")
        length = int(known.get("content-length", PAGE_MAX + 1))
        if status != "200 OK" or "public" not in caching or length > PAGE_MAX:
            return answer
        if "set-cookie" in known:
            return answer
        body = b"".join(answer)
        if close := getattr(answer, "close", None):
            close()
        etag, for_good = known.get("etag"), "immutable" in caching
        about, until = environ.get(_ABOUT), min(environ.get(_UNTIL, hour), hour)
        page = Page(status, headers, body, etag, about, for_good, until, version)
        self._shelf.add(key, page)
        return [body]


def _key(environ: Environ) -> Key:
    """All of a guest's request that a page may depend on."""
    return (
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST", ""),
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        _takes_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")),
    )


def _end_of_hour() -> datetime:
    return now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


@contextmanager
def _turn(page: Page | None) -> Iterator[None]:
    """To make this page anew: after whoever is at it, unless that takes long."""
    is_ours = page is not None and page.renewal.acquire(timeout=_PATIENCE)
    try:
        yield
    finally:
        if page and is_ours:
            page.renewal.release()


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    return bool(parse_accept_header(accepted, Accept)["gzip"])


def _weight(key: Key, page: Page) -> int:
    return page.bytes + sum(len(part) for part in key if isinstance(part, str))


def _answer(page: Page, environ: Environ, start_response: Any) -> list[bytes]:
    if page.etag and _has(page.etag, environ.get("HTTP_IF_NONE_MATCH")):
        start_response("304 NOT MODIFIED", page.unchanged)
        return []
    start_response(page.status, page.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [page.body]


def _has(etag: str, asked: str | None) -> bool:
    """Whether the asker has this very page already; RFC 9110 13.1.2 compares weakly here."""
    if asked is None or asked == etag:
        return asked is not None
    return parse_etags(asked).contains_weak(unquote_etag(etag)[0] or "")


class Watch:
    """A connection of its own that only looks whether something was committed. What it cannot
    read is UNKNOWN, and so is what is not there."""

    def __init__(self, app: Flask) -> None:
        with app.app_context():
            self._engine = db.engine
        self._connection: Any = None
        self._lock = threading.Lock()

    def version(self) -> int:
        """Another number after every commit by any process; not comparable between watches."""
        return self._ask("PRAGMA data_version")

    def revision(self, article_id: int) -> int:
        return self._ask("SELECT revision FROM article WHERE id = ?", article_id)

    def close(self) -> None:
        """Give the connection back; whoever asks next gets another."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _ask(self, question: str, *values: int) -> int:
        with self._lock, suppress(sqlite.Error):
            if self._connection is None:
                # Taken out of the pool: in no transaction, so it sees what is committed by now.
                connection = self._engine.raw_connection()
                self._connection = connection.dbapi_connection
                connection.detach()
            if row := self._connection.execute(question, values).fetchone():
                return int(row[0])
        return UNKNOWN


def init_app(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            app.extensions["kept"] = app.wsgi_app = Kept(app)  # type: ignore[method-assign]

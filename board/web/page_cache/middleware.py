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
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from flask import Flask
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header, parse_etags, unquote_etag

from board.db import db, now
from board.web.page_cache.change_watch import UNKNOWN, ChangeWatcher
from board.web.page_cache.store import CachedPage, Headers, Key, SegmentedLru
from board.web.page_cache.validity import ARTICLE_KEY, UNTIL_KEY

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

PAGE_MAX = 1024 * 1024  # a larger answer is not worth the room
_WAIT_SECONDS = 1.0  # seconds to wait for somebody who makes the same page
_OUR_COOKIES = re.compile(r"(?:^|;)\s*(?:__Host-)?(?:board_|lang=)")


class PageCache:
    """WSGI middleware: answers from memory what it may, and watches what passes for more."""

    def __init__(self, app: Flask) -> None:
        self._app: Application = app.wsgi_app
        self._watch = ChangeWatcher(app)
        self._shelf = SegmentedLru()

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
        with _single_flight(page):
            newer = self._shelf.get(key)
            if newer and newer is not page and self._is_good(newer, version):
                return _answer(newer, environ, start_response)
            return self._make(key, version, environ, start_response)

    def close(self) -> None:
        """Give back what is held open; it is opened anew when it is needed."""
        self._watch.close()

    def _is_good(self, page: CachedPage, version: int) -> bool:
        if page.until <= now() or version == UNKNOWN:
            return False
        if page.fresh_at == version or page.is_immutable:
            return True
        if page.article and self._watch.revision(page.article[0]) == page.article[1]:
            page.fresh_at = version
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
        about, until = environ.get(ARTICLE_KEY), min(environ.get(UNTIL_KEY, hour), hour)
        page = CachedPage(status, headers, body, etag, about, for_good, until, version)
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
def _single_flight(page: CachedPage | None) -> Iterator[None]:
    """To make this page anew: after whoever is at it, unless that takes long."""
    is_ours = page is not None and page.renewal.acquire(timeout=_WAIT_SECONDS)
    try:
        yield
    finally:
        if page and is_ours:
            page.renewal.release()


@lru_cache(maxsize=256)
def _takes_gzip(accepted: str) -> bool:
    return bool(parse_accept_header(accepted, Accept)["gzip"])


def _answer(page: CachedPage, environ: Environ, start_response: Any) -> list[bytes]:
    if page.etag and _etag_matches(page.etag, environ.get("HTTP_IF_NONE_MATCH")):
        start_response("304 NOT MODIFIED", page.unchanged)
        return []
    start_response(page.status, page.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [page.body]


def _etag_matches(etag: str, asked: str | None) -> bool:
    """Whether the asker has this very page already; RFC 9110 13.1.2 compares weakly here."""
    if asked is None or asked == etag:
        return asked is not None
    return parse_etags(asked).contains_weak(unquote_etag(etag)[0] or "")


def init_app(app: Flask) -> None:
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            app.extensions["kept"] = app.wsgi_app = PageCache(app)  # type: ignore[method-assign]

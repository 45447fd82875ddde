"""Page cache: WSGI middleware that keeps whole pages for guests in front of Flask.

A page that is the same for every guest is rendered once and served as bytes until something it
shows has changed. One query says whether anything at all was committed since
(`PRAGMA data_version`, on a connection that does nothing else, 3 µs); if so, a page about an
article, person or site is still valid while the `revision` of that row stands. So no worker ever
serves a stale page, and nothing has to be invalidated.

A page that will change with time alone declares until when it is valid. No page is kept past the
full hour, because dates and deadlines change then. Of many requests for a stale page, one renders
it.

Only responses that call themselves `public` are cached, and only for requests without our cookies
and without `Authorization`, so nothing private can be. The key has everything a page could depend
on, preferences of guests included; all other cookies are removed before Flask, so nobody can write
into a page others get.
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

from board.db import now
from board.runtime.metrics.cells import cells
from board.web.page_cache import preferences
from board.web.page_cache.change_watch import UNKNOWN, ChangeWatcher
from board.web.page_cache.store import NOT_COUNTED, CachedPage, Headers, Key, SegmentedLru
from board.web.page_cache.validity import HIT_KEY, HITS_KEY, SUBJECTS_KEY, UNTIL_KEY

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]

# In the environment: answer from the cache or return MISS, without waiting and without the app.
ONLY_CACHED = "board.only_cached"
MISS: list[bytes] = []

PAGE_MAX = 1024 * 1024  # bytes; a larger response is not worth the memory
_WAIT_SECONDS = 1.0  # for another thread that renders the same page
_OUR_COOKIES = re.compile(r"(?:^|;)\s*(?:__Host-)?(?:board_|lang=)")


class PageCache:
    """WSGI middleware: serves what it has cached, and caches what passes through it."""

    def __init__(self, app: Flask) -> None:
        self._app: Application = app.wsgi_app
        self._watcher = ChangeWatcher(app)
        self._pages = SegmentedLru()

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        method = environ["REQUEST_METHOD"]
        cookies = environ.get("HTTP_COOKIE")
        is_personal = "HTTP_AUTHORIZATION" in environ or (cookies and _OUR_COOKIES.search(cookies))
        if method not in ("GET", "HEAD") or is_personal:
            return self._pass_on(environ, start_response)
        environ["HTTP_COOKIE"] = preferences.keep(cookies) if cookies else ""
        key, version = _key(environ), self._watcher.version()
        page = self._pages.get(key)
        if page and self._is_valid(page, version):
            return _respond(page, environ, start_response)
        is_only_cached = ONLY_CACHED in environ
        # Flask has an error page for a broken database.
        if method == "HEAD" or version == UNKNOWN or is_only_cached:
            return self._pass_on(environ, start_response)
        with _single_flight(page):
            newer = self._pages.get(key)
            if newer and newer is not page and self._is_valid(newer, version):
                return _respond(newer, environ, start_response)
            return self._render(key, version, environ, start_response)

    def close(self) -> None:
        """Close the watcher's connection; it is opened again when needed."""
        self._watcher.close()

    def _pass_on(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if ONLY_CACHED in environ:
            return MISS
        return self._app(environ, start_response)

    def _is_valid(self, page: CachedPage, version: int) -> bool:
        if page.until <= now() or version == UNKNOWN:
            return False
        if page.fresh_at == version or page.is_immutable:
            return True
        revision = self._watcher.revision
        if not page.subjects or any(revision(*row) != page.subjects[row] for row in page.subjects):
            return False
        page.fresh_at = version
        return True

    def _render(
        self, key: Key, version: int, environ: Environ, start_response: Any
    ) -> Iterable[bytes]:
        """Call Flask, and cache the response if it may be. `version` was read before Flask reads
        anything, and so is the hour."""
        started: list[Any] = []
        end_of_hour = _end_of_hour()

        def record_start(status: str, headers: Headers, *rest: Any) -> Any:
            started[:] = [status, headers]
            return start_response(status, headers, *rest)

        chunks = self._app(environ, record_start)
        status, headers = started
        values = {name.lower(): value for name, value in headers}
        if not _is_cacheable(status, values):
            return chunks
        body = b"".join(chunks)
        if close := getattr(chunks, "close", None):
            close()
        is_immutable = "immutable" in values["cache-control"]
        subjects, until = environ.get(SUBJECTS_KEY, {}), environ.get(UNTIL_KEY, end_of_hour)
        page = CachedPage(
            status, headers, body, values.get("etag"), subjects, is_immutable,
            min(until, end_of_hour), version, environ.get(HITS_KEY, NOT_COUNTED),
        )  # fmt: skip
        self._pages.add(key, page)
        return [body]


def _is_cacheable(status: str, headers: dict[str, str]) -> bool:
    is_public = "public" in headers.get("cache-control", "") and "set-cookie" not in headers
    length = int(headers.get("content-length", PAGE_MAX + 1))
    return status == "200 OK" and is_public and length <= PAGE_MAX


def _key(environ: Environ) -> Key:
    """Everything in a guest's request that a page may depend on."""
    return (
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST", ""),
        environ["PATH_INFO"],
        environ["QUERY_STRING"],
        environ["HTTP_COOKIE"],
        _accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")),
    )


def _end_of_hour() -> datetime:
    return now().replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)


@contextmanager
def _single_flight(page: CachedPage | None) -> Iterator[None]:
    """Hold the right to render this stale page; waits for another thread, but not for long."""
    is_held = page is not None and page.renewal.acquire(timeout=_WAIT_SECONDS)
    try:
        yield
    finally:
        if page and is_held:
            page.renewal.release()


@lru_cache(maxsize=256)
def _accepts_gzip(accepted: str) -> bool:
    return bool(parse_accept_header(accepted, Accept)["gzip"])


def _respond(page: CachedPage, environ: Environ, start_response: Any) -> list[bytes]:
    environ[HIT_KEY] = page.hits
    if page.etag and _etag_matches(page.etag, environ.get("HTTP_IF_NONE_MATCH")):
        cells.own[page.hits[1]] += 1
        start_response("304 NOT MODIFIED", page.headers_of_304)
        return []
    cells.own[page.hits[0]] += 1
    start_response(page.status, page.headers)
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [page.body]


def _etag_matches(etag: str, if_none_match: str | None) -> bool:
    """Whether the client has this version; RFC 9110 13.1.2 asks for weak comparison."""
    if if_none_match is None or if_none_match == etag:
        return if_none_match is not None
    return parse_etags(if_none_match).contains_weak(unquote_etag(etag)[0] or "")


def init_app(app: Flask) -> None:
    app.extensions["page_cache"] = app.wsgi_app = PageCache(app)  # type: ignore[method-assign]

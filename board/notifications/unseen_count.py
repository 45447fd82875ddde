"""Unseen count: WSGI middleware that answers how many notifications a reader has not seen.

Open pages ask for it again and again, so it is answered in front of Flask and of its threads, by
one query with two look-ups.
"""

import re
import time
from collections.abc import Callable, Iterable
from datetime import date, datetime
from functools import cache, lru_cache
from typing import Any

from flask import Flask
from sqlalchemy import bindparam, or_
from sqlalchemy.dialects import sqlite as dialect

from board.accounts.auth import session_query
from board.accounts.models import User, token_hash
from board.db import sqlite
from board.db.read_connections import driver_connection

PATH = "/account/notices/unseen"
_HEADERS = [
    ("Cache-Control", "private, no-store"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'; sandbox"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
]
_OF_JSON = [("Content-Type", "application/json"), *_HEADERS]

Environ = dict[str, Any]


class UnseenCount:
    """Leaves requests without a session to the app, which has no such page."""

    def __init__(self, app: Flask) -> None:
        self._app: Callable[[Environ, Any], Iterable[bytes]] = app.wsgi_app
        self._flask = app
        name = "__Host-board_session" if app.config["HTTPS"] else "board_session"
        self._session = re.compile(rf"(?:^|;\s*){name}=([\w-]+)")

    def __call__(self, environ: Environ, start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"] != PATH or environ["REQUEST_METHOD"] != "GET":
            return self._app(environ, start_response)
        if not (token := self._session.search(environ.get("HTTP_COOKIE", ""))):
            return self._app(environ, start_response)
        try:
            count = self._count(token[1])
        except sqlite.Error:
            start_response("503 SERVICE UNAVAILABLE", [*_HEADERS, ("Retry-After", "60")])
            return []
        return _respond(count, environ.get("HTTP_IF_NONE_MATCH"), start_response)

    def _count(self, token: str) -> int | None:
        """None if this token opens no session."""
        statement, values = _query(int(time.time()))
        values = {**values, "token_hash": token_hash(token)}
        with driver_connection(self._flask) as connection:
            rows = connection.execute(statement, values).fetchall()
        return rows[0][0] if rows else None


def _respond(count: int | None, known: str | None, start_response: Any) -> list[bytes]:
    if count is None:
        start_response("401 UNAUTHORIZED", [*_HEADERS, ("Content-Length", "0")])
        return []
    etag = f'"{count}"'
    if known == etag:
        start_response("304 NOT MODIFIED", [*_HEADERS, ("ETag", etag)])
        return []
    body = b'{"unseen":%d}' % count
    start_response("200 OK", [*_OF_JSON, ("ETag", etag), ("Content-Length", str(len(body)))])
    return [body]


@lru_cache(maxsize=1)
def _query(second: int) -> tuple[str, dict[str, Any]]:
    """The statement for the driver, and the values it has in this second of all tokens."""
    values = {name: _stored(value) for name, value in session_query.parameters("").items()}
    return _statement(), values


@cache
def _statement() -> str:
    is_welcome = or_(User.suspended_until.is_(None), User.suspended_until <= bindparam("now"))
    query = session_query.of_user(User.unseen_notifications).where(is_welcome)
    return str(query.compile(dialect=dialect.dialect(paramstyle="named")))


def _stored(value: bytes | date) -> bytes | str:
    """As the types of the columns store it."""
    if isinstance(value, datetime):
        return value.replace(tzinfo=None).isoformat(" ", "microseconds")
    return value if isinstance(value, bytes) else value.isoformat()


def init_app(app: Flask) -> None:
    app.wsgi_app = UnseenCount(app)  # type: ignore[method-assign]

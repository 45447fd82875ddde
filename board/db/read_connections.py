"""Reading rows without a session, which costs several times what SQLite takes to find them."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import Connection, Row, Select

from board.db import db

Rows = Select[*tuple[Any, ...]]
# A statement, made once since making one takes longer than answering it; and what it is asked with.
Query = tuple[Rows, Mapping[str, Any]]


def init_app(app: Flask) -> None:
    app.extensions["reading"] = deque()


@contextmanager
def read_connection() -> Iterator[Connection]:
    """A connection kept for it. All that is read inside, also by what is called inside, is of one
    state, the newest that is committed: not for what was changed and not committed yet."""
    if "reading" in g:
        yield g.reading
        return
    idle: deque[Connection] = current_app.extensions["reading"]
    try:
        connection = idle.pop()  # the last used has the most in memory
    except IndexError:
        connection = db.engine.connect()
        connection.detach()  # no longer the pool's, which writers need
    g.reading = connection
    try:
        yield connection
    finally:
        del g.reading
        connection.rollback()
        idle.append(connection)


def fetch_all(statement: Rows, values: Mapping[str, Any]) -> Sequence[Row[*tuple[Any, ...]]]:
    """All rows that answer."""
    with read_connection() as connection:
        return connection.execute(statement, values).all()


def close() -> None:
    """All that are idle, before a fork that must not inherit them."""
    idle: deque[Connection] = current_app.extensions["reading"]
    while idle:
        idle.pop().close()

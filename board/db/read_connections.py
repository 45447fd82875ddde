"""Read connections: rows without an ORM session, which costs several times the query itself."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import Connection, Row, Select

from board.db import db

Rows = Select[*tuple[Any, ...]]
# A statement and its parameters. It is built once, which takes longer than to execute it.
Query = tuple[Rows, Mapping[str, Any]]


def init_app(app: Flask) -> None:
    app.extensions["reading"] = deque()


@contextmanager
def read_connection() -> Iterator[Connection]:
    """An idle read connection. All reads inside, nested ones too, see one state, the newest that
    is committed; changes not committed yet are not in it."""
    if "reading" in g:
        yield g.reading
        return
    idle: deque[Connection] = current_app.extensions["reading"]
    try:
        connection = idle.pop()  # the one used last has the most cached
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


@contextmanager
def driver_connection(app: Flask) -> Iterator[Any]:
    """An idle connection of the driver, in no transaction, for code in front of the app."""
    idle: deque[Connection] = app.extensions["reading"]
    try:
        connection = idle.pop()
    except IndexError:
        with app.app_context():
            connection = db.engine.connect()
        connection.detach()
    try:
        yield connection.connection.dbapi_connection
    finally:
        idle.append(connection)


def fetch_all(statement: Rows, values: Mapping[str, Any]) -> Sequence[Row[*tuple[Any, ...]]]:
    """All rows of this query."""
    with read_connection() as connection:
        return connection.execute(statement, values).all()


def close() -> None:
    """Close all idle connections, before a fork, which must not inherit them."""
    idle: deque[Connection] = current_app.extensions["reading"]
    while idle:
        idle.pop().close()

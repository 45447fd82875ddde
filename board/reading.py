"""Reading rows without a session, which costs several times what SQLite takes to find them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask, current_app
from sqlalchemy import Connection

from board.db import db


def init_app(app: Flask) -> None:
    app.extensions["reading"] = threading.local()


@contextmanager
def reading() -> Iterator[Connection]:
    """The connection this thread keeps for it. All that is read inside is of one state, the newest
    that is committed: not for what was changed and not committed yet.
    """
    kept = current_app.extensions["reading"]
    if not hasattr(kept, "connection"):
        kept.connection = db.engine.connect()
        kept.connection.detach()  # no longer the pool's, which has fewer than there are threads
    connection: Connection = kept.connection
    try:
        yield connection
    finally:
        connection.rollback()


def close() -> None:
    """The connection of this thread, before a fork that must not inherit it."""
    kept = current_app.extensions["reading"]
    if hasattr(kept, "connection"):
        kept.connection.close()
        del kept.connection

"""Database engines: the SQLAlchemy handle, one engine to read and one to write, and the pragmas."""

import importlib
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import Connection, Engine, event, make_url
from sqlalchemy.orm import Session

from board.config import durable_files
from board.db.types import Base
from board.db.write_lock import LockTimeout, WriteLock

try:  # a wheel with a SQLite that has the WAL-reset fix
    sqlite: Any = importlib.import_module("pysqlite3.dbapi2")
except ImportError:  # systems with a recent SQLite of their own; `doctor` checks it
    sqlite = sqlite3

PRAGMAS = {
    "journal_mode": "wal",  # readers never wait for the writer
    "synchronous": 2,  # FULL: a comment reported as posted survives a power cut
    "busy_timeout": 5000,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "secure_delete": 1,  # not stored in the file, so set on each connection
    "mmap_size": 0,  # with mmap an I/O error is a signal, not an exception
    "cell_size_check": 1,
    "temp_store": 2,  # memory
    "cache_size": -2000,  # KiB per connection; the system caches the file once for all
    "journal_size_limit": 67108864,
}


class RoutingSession(FlaskSession):
    """A session that reads on connections that cannot write, and writes on others."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        return self.info.get("writing") or super().get_bind(*args, **kwargs)


# Objects stay readable after a commit; `writing` expires them when it begins.
db = SQLAlchemy(
    model_class=Base, session_options={"class_": RoutingSession, "expire_on_commit": False}
)


def init_app(app: Flask) -> None:
    url = make_url(app.config["DATABASE_URL"] or f"sqlite:///{app.instance_path}/board.db")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    # The connection used last is taken first: few are in use at once, and each has a cache. There
    # may be one for each thread: to wait for one would be to wait for a request.
    options = {"module": sqlite, "pool_use_lifo": True, "max_overflow": -1}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    app.config["SQLALCHEMY_BINDS"] = {"writing": {"url": url, **options}}
    _make_private(Path(str(url.database)))
    app.extensions["write_lock"] = WriteLock(Path(f"{url.database}.lock"))
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "connect", _set_pragmas)
            event.listen(engine, "begin", _begin)
        event.listen(db.engine, "connect", _set_query_only)
    if not event.contains(RoutingSession, "before_flush", _refuse_unguarded_changes):
        event.listen(RoutingSession, "before_flush", _refuse_unguarded_changes)


def writing_engine() -> Engine:
    """The engine whose connections may write. Readers use others: to switch `query_only` on a
    connection makes SQLite forget every statement prepared there."""
    return db.engines["writing"]


def close_connections() -> None:
    """Close all idle connections: at the end, or before a fork, which must not inherit them."""
    for engine in db.engines.values():
        engine.dispose()


def _make_private(path: Path) -> None:
    """Create the file for its owner only; SQLite gives its log the same mode.

    Only if there is none yet: closing a file that a connection has open would drop its locks.
    """
    with suppress(FileExistsError):
        durable_files.write_new(path, b"")


def _set_pragmas(connection: Any, _record: Any) -> None:
    """A new connection: the pragmas, and no BEGIN by the driver, because `_begin` does it."""
    connection.isolation_level = None
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _set_query_only(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA query_only = 1")


def _begin(connection: Connection) -> None:
    """BEGIN; a writer locks the database before it reads what it decides on."""
    options = connection.get_execution_options()
    driver: Any = connection.connection.dbapi_connection
    if options.get("writing", False):
        _begin_immediate(driver, options.get("deadline"))
    else:
        driver.execute("BEGIN")


def _begin_immediate(driver: Any, deadline: float | None) -> None:
    """BEGIN IMMEDIATE, waiting until the deadline: only another program can hold the file now."""
    default = PRAGMAS["busy_timeout"]
    remaining = default if deadline is None else max(0, round((deadline - time.monotonic()) * 1000))
    driver.execute(f"PRAGMA busy_timeout = {remaining}")
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite.OperationalError as error:
        raise LockTimeout from error
    finally:
        driver.execute(f"PRAGMA busy_timeout = {default}")


def _refuse_unguarded_changes(session: Session, *_: Any) -> None:
    if not session.info.get("writing"):
        raise RuntimeError("rows were changed outside `with writing():`")

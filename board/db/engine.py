"""The database engines: the SQLAlchemy handle, one engine to read and one to write, the pragmas."""

import importlib
import os
import sqlite3
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Any, Self

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    Connection,
    Engine,
    event,
    make_url,
    text,
)
from sqlalchemy.orm import Session

from board.db.types import Base
from board.db.write_lock import LockTimeout, WriteLock

try:  # bundles a SQLite with the WAL-reset fix
    sqlite: Any = importlib.import_module("pysqlite3.dbapi2")
except ImportError:  # other systems bring a recent SQLite of their own; `doctor` checks it
    sqlite = sqlite3

PRAGMAS = {
    "journal_mode": "wal",  # readers never wait for the writer
    "synchronous": 2,  # FULL: a comment we said is posted survives a power cut
    "busy_timeout": 5000,
    "foreign_keys": 1,
    "trusted_schema": 0,
    "secure_delete": 1,  # not kept in the file, so set on each connection
    "mmap_size": 0,  # with it an I/O error is a signal, not an exception
    "cell_size_check": 1,
    "temp_store": 2,  # memory
    "cache_size": -2000,  # KiB of each connection; the system keeps the file in memory once for all
    "journal_size_limit": 67108864,
}


class RoutingSession(FlaskSession):
    """Reads on connections that cannot write, and writes on others."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        return self.info.get("writing") or super().get_bind(*args, **kwargs)


# Objects stay readable after a commit; `writing` expires them before it decides anything.
db = SQLAlchemy(
    model_class=Base, session_options={"class_": RoutingSession, "expire_on_commit": False}
)


class NoLock(nullcontext[None]):
    """For a server that lets writers in by itself."""

    def within(self, patience: float) -> Self:
        return self


def init_app(app: Flask) -> None:
    url = make_url(app.config["DATABASE_URL"] or f"sqlite:///{app.instance_path}/board.db")
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    lock: Any = NoLock()
    if url.get_backend_name() == "sqlite":
        # The connection used last is taken first: few are in use at once, and each has a cache.
        options = {"module": sqlite, "pool_use_lifo": True}
        app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
        app.config["SQLALCHEMY_BINDS"] = {"writing": {"url": url, **options}}
        _make_private(Path(str(url.database)))
        lock = WriteLock(Path(f"{url.database}.lock"))
    app.extensions["write_lock"] = lock
    db.init_app(app)
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "connect", _set_pragmas)
            event.listen(engine, "begin", _begin)
        if writing_engine() is not db.engine:
            event.listen(db.engine, "connect", _set_query_only)
    if not event.contains(RoutingSession, "before_flush", _refuse_unguarded_changes):
        event.listen(RoutingSession, "before_flush", _refuse_unguarded_changes)


def writing_engine() -> Engine:
    """Whose connections may write. On SQLite they are others than those that read: to forbid it to
    a connection, or allow it, makes SQLite forget every statement it has prepared there."""
    return db.engines.get("writing", db.engine)


def close_connections() -> None:
    """All that are idle: at the end, or before a fork that must not inherit them."""
    for engine in db.engines.values():
        engine.dispose()


def _make_private(path: Path) -> None:
    """Nobody but the owner reads the file; SQLite gives its log the same mode.

    Only when there is none yet: closing a file a connection has open would drop its locks.
    """
    with suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))


def _set_pragmas(connection: Any, _record: Any) -> None:
    """A new connection: our own BEGIN instead of the driver's, and the pragmas."""
    if not hasattr(connection, "isolation_level"):  # PostgreSQL
        return
    connection.isolation_level = None
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _set_query_only(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA query_only = 1")


def _begin(connection: Connection) -> None:
    """A writer takes its turn before it reads what it decides on."""
    options = connection.get_execution_options()
    write = options.get("writing", False)
    if connection.dialect.name == "sqlite":
        driver: Any = connection.connection.dbapi_connection
        if write:
            _begin_immediate(driver, options.get("deadline"))
        else:
            driver.execute("BEGIN")
    elif write:
        connection.execute(text("SELECT pg_advisory_xact_lock(20181)"))
    else:
        connection.execute(text("SET TRANSACTION READ ONLY"))


def _begin_immediate(driver: Any, deadline: float | None) -> None:
    """Only another program can hold the file now. What is left of our patience is for it."""
    usual = PRAGMAS["busy_timeout"]
    left = usual if deadline is None else max(0, round((deadline - time.monotonic()) * 1000))
    driver.execute(f"PRAGMA busy_timeout = {left}")
    try:
        driver.execute("BEGIN IMMEDIATE")
    except sqlite.OperationalError as error:
        raise LockTimeout from error
    finally:
        driver.execute(f"PRAGMA busy_timeout = {usual}")


def _refuse_unguarded_changes(session: Session, *_: Any) -> None:
    if not session.info.get("writing"):
        raise RuntimeError("something was changed outside `with writing():`")

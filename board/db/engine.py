"""The database handle, the column types every model shares, and the one way to write."""

import importlib
import os
import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from flask import Flask, current_app
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session as FlaskSession
from sqlalchemy import (
    BigInteger,
    Connection,
    CursorResult,
    DateTime,
    Dialect,
    Engine,
    Executable,
    Integer,
    MetaData,
    TypeDecorator,
    event,
    make_url,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Session, registry

from board.db.write_lock import Busy, WriteLock

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


class UtcDateTime(TypeDecorator[datetime]):
    """SQLite forgets time zones. Store UTC, return aware datetimes, refuse naive ones."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        return value.replace(tzinfo=UTC) if value else None

    def result_processor(self, dialect: Dialect, coltype: object) -> Any:
        # A page reads a hundred: in one step where they come as text.
        return _read_utc if dialect.name == "sqlite" else super().result_processor(dialect, coltype)


def _read_utc(stored: str | None) -> datetime | None:
    return datetime.fromisoformat(f"{stored}+00:00") if stored else None


# 64 bits on every engine; SQLite's INTEGER has them, and only that name makes a row id.
BigId = BigInteger().with_variant(Integer, "sqlite")


class Base(DeclarativeBase):
    # Given as a registry because Flask-SQLAlchemy refuses a bare type_annotation_map.
    registry = registry(
        type_annotation_map={datetime: UtcDateTime, int: BigId},
        metadata=MetaData(
            naming_convention={
                "ix": "ix_%(table_name)s_%(column_0_N_name)s",
                "uq": "uq_%(table_name)s_%(column_0_N_name)s",
                "ck": "ck_%(table_name)s_%(constraint_name)s",
                "fk": "fk_%(table_name)s_%(column_0_name)s",
                "pk": "pk_%(table_name)s",
            }
        ),
    )


class TwoWays(FlaskSession):
    """Reads on connections that cannot write, and writes on others."""

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:
        return self.info.get("writing") or super().get_bind(*args, **kwargs)


# Objects stay readable after a commit; `writing` expires them before it decides anything.
db = SQLAlchemy(model_class=Base, session_options={"class_": TwoWays, "expire_on_commit": False})


def now() -> datetime:
    return datetime.now(UTC)


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
            event.listen(engine, "connect", _prepare)
            event.listen(engine, "begin", _begin)
        if writing_engine() is not db.engine:
            event.listen(db.engine, "connect", _forbid_to_write)


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


@contextmanager
def writing(*, patience: float | None = None) -> Iterator[None]:
    """Everything inside is one write: read, decide, change, commit.

    It starts from the newest state, whatever was read before, and holds the lock from BEGIN to
    COMMIT only, so hash, render and validate before entering. Raises Busy when no turn came in
    `patience` seconds, or else in as many as the lock thinks right.
    """
    if db.session.info.get("writing"):
        raise RuntimeError("already writing: one request, one write")
    db.session.rollback()
    db.session.expire_all()
    lock = current_app.extensions["write_lock"]
    with lock if patience is None else lock.within(patience) as deadline:
        db.session.info["writing"] = writing_engine()
        try:
            db.session.connection(execution_options={"writing": True, "deadline": deadline})
            yield
            db.session.commit()
        except BaseException:
            db.session.rollback()
            raise
        finally:
            db.session.info.pop("writing")


def run(statement: Executable, values: Any = None) -> CursorResult[Any]:
    """Run a statement about columns in this transaction, past the session and its objects.

    A row costs a third of an object, so this is for what every post asks. Nothing is flushed
    before: the caller knows that no object waits for that, and expires those whose rows it changes.
    """
    return db.session.connection().execute(statement, values)


def forget_log() -> None:
    """Empty SQLite's log, in which what was deleted still stands until it is written over.

    Waits for no reader; while one is busy the log is emptied at some later time.
    """
    if db.engine.dialect.name != "sqlite":
        return
    with current_app.extensions["write_lock"]:
        connection = writing_engine().raw_connection()
        try:
            connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()


def _prepare(connection: Any, _record: Any) -> None:
    """A new connection: our own BEGIN instead of the driver's, and the pragmas."""
    if not hasattr(connection, "isolation_level"):  # PostgreSQL
        return
    connection.isolation_level = None
    for name, value in PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")


def _forbid_to_write(connection: Any, _record: Any) -> None:
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
        raise Busy from error
    finally:
        driver.execute(f"PRAGMA busy_timeout = {usual}")


@event.listens_for(Session, "before_flush")
def _refuse_unguarded_changes(session: Session, *_: Any) -> None:
    if not session.info.get("writing"):
        raise RuntimeError("something was changed outside `with writing():`")

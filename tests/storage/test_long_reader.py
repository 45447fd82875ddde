"""A long reader: SQLite's log grows while it reads, and shrinks when it has gone."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from board.db import db, execute_core, truncate_wal, writing
from board.db.transaction import WAL_LARGE
from board.runtime import jobs
from board.runtime.app import current_app_object, instance_folder

JOB = "write-ahead log"


@pytest.fixture
def reader(app: object) -> Iterator[Connection]:
    """Somebody who began to read and has not ended."""
    with db.engine.connect() as connection:
        connection.execute(text("SELECT count(*) FROM user"))
        yield connection


@pytest.fixture
def wal(reader: Connection) -> Path:
    """The log, grown meanwhile."""
    for _ in range(2):
        with writing():
            execute_core(text("CREATE TABLE IF NOT EXISTS large (content BLOB)"))
            execute_core(text("INSERT INTO large VALUES (zeroblob(:size))"), {"size": WAL_LARGE})
    path = instance_folder() / "board.db-wal"
    assert path.stat().st_size > WAL_LARGE
    return path


@pytest.mark.slow
def test_the_log_shrinks_when_the_reader_has_gone(reader: Connection, wal: Path) -> None:
    size = wal.stat().st_size
    assert JOB in jobs.run_pending() and wal.stat().st_size == size
    reader.rollback()
    assert JOB in jobs.run_pending() and wal.stat().st_size == 0
    assert JOB not in jobs.run_pending()


def test_a_log_of_the_usual_size_is_left_alone(app: object) -> None:
    with writing():
        execute_core(text("CREATE TABLE small (content BLOB)"))

    assert JOB not in jobs.run_pending()


@pytest.mark.slow
def test_writers_do_not_wait_for_the_reader_meanwhile(
    reader: Connection, wal: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, lock = current_app_object(), current_app_object().extensions["write_lock"]
    taken = threading.Event()
    acquire = lock._process_lock.acquire

    def note(deadline: float) -> None:
        acquire(deadline)
        taken.set()

    monkeypatch.setattr(lock._process_lock, "acquire", note)

    def truncate() -> None:
        with app.app_context():
            truncate_wal()

    thread = threading.Thread(target=truncate)
    thread.start()
    assert taken.wait(20)

    with writing():  # raises LockTimeout after three seconds
        execute_core(text("DROP TABLE large"))
    thread.join()

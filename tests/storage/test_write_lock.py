"""Write lock: one writer at a time, first come, first served, and never for ever."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError

from board.accounts.auth import passwords
from board.accounts.models import User
from board.comments.thread import search as thread_search
from board.db import PRAGMAS, close_connections, db, writing, writing_engine
from board.db import write_lock as lock
from board.db.write_lock import FifoThreadLock, LockTimeout, WriteLock
from board.ops.server import dispatcher
from board.runtime.limiter import long_work
from board.tips.attachments import drafts
from board.tips.crypto import key_files, passphrases
from support.wait import until

ROOT = Path(__file__).parents[2]
# Takes the lock again and again, once all processes are there. Inside, it makes a folder, which
# fails if there is one, and writes one letter to the log.
WORKER = """
import os, sys, time
from pathlib import Path
from board.db.write_lock import WriteLock
sys.path.append("tests")
from support.wait import until
folder, name, total = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
lock, log = WriteLock(folder / "lock"), folder / "log"
lock.WAIT = 30
(folder / f"here-{name}").touch()
until(lambda: len(list(folder.glob("here-*"))) == int(sys.argv[4]), "all processes are there")
while not log.exists() or log.stat().st_size < total:
    with lock:
        (folder / "inside").mkdir()
        with log.open("a") as file:
            file.write(name)
        time.sleep(0.0005)
        (folder / "inside").rmdir()
"""
HOLDER = """
import signal, sys
from pathlib import Path
from board.db.write_lock import WriteLock
with WriteLock(Path(sys.argv[1])):
    print("inside", flush=True)
    signal.pause()
"""


def python(code: str, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_processes_share_the_lock_fairly_and_never_hold_it_together(tmp_path: Path) -> None:
    workers = [python(WORKER, tmp_path, name, 300, 3) for name in "abc"]
    ends = [(worker.communicate(timeout=60)[0], worker.returncode) for worker in workers]
    assert ends == [("", 0)] * 3
    shares = Counter((tmp_path / "log").read_text())
    assert set(shares) == set("abc") and max(shares.values()) < 3 * min(shares.values())


def test_two_threads_never_hold_the_lock_together(tmp_path: Path) -> None:
    lock, inside, met = WriteLock(tmp_path / "lock"), [], []

    def work(name: str) -> None:
        for _ in range(50):
            with lock:
                met.extend(inside)
                inside.append(name)
                time.sleep(0)
                inside.remove(name)

    threads = [threading.Thread(target=work, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert met == []


def test_threads_get_the_lock_in_the_order_they_came() -> None:
    """Even before one that comes at the release, which Python's own locks let in first."""
    fifo, order = FifoThreadLock(), list[int]()

    def take(number: int) -> None:
        assert fifo.acquire(lambda others: time.monotonic() + 60, poll_every=0.01)
        order.append(number)
        fifo.release()

    threads = [threading.Thread(target=take, args=(number,)) for number in range(5)]
    assert fifo.acquire(lambda others: 0, poll_every=60)
    for number, thread in enumerate(threads, start=1):
        thread.start()
        until(lambda number=number: len(fifo) == number, "the thread waits")
    fifo.release()
    take(5)
    for thread in threads:
        thread.join()
    assert order == [0, 1, 2, 3, 4, 5]


def test_a_thread_that_gives_up_leaves_the_queue_to_those_behind() -> None:
    fifo, results = FifoThreadLock(), list[tuple[str, bool]]()

    def take(name: str, timeout: float) -> None:
        deadline = time.monotonic() + timeout
        results.append((name, fifo.acquire(lambda others: deadline, poll_every=0.001)))

    hasty = threading.Thread(target=take, args=("hasty", 0))
    patient = threading.Thread(target=take, args=("patient", 60))
    fifo.acquire(lambda others: 0, poll_every=60)
    hasty.start()
    until(lambda: len(fifo) == 1 or results, "the thread waits or has given up")
    patient.start()
    hasty.join()
    fifo.release()
    patient.join()
    assert results == [("hasty", False), ("patient", True)] and len(fifo) == 0


def test_a_lock_that_timed_out_can_be_taken_later(tmp_path: Path) -> None:
    mine, other = WriteLock(tmp_path / "lock"), WriteLock(tmp_path / "lock")
    other.WAIT = 0.02
    with mine, pytest.raises(LockTimeout), other:
        pass
    mine.WAIT = 0.02
    with other, pytest.raises(LockTimeout):
        mine.__enter__()
    with mine:
        pass


def test_one_that_has_released_the_lock_does_not_overtake_the_waiting_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The waiting thread sleeps between two tries for as long as this test likes."""
    mine, other = WriteLock(tmp_path / "board.db.lock"), WriteLock(tmp_path / "board.db.lock")
    waits, wakes, inside = threading.Event(), threading.Event(), threading.Event()
    mine.WAIT = 0.02

    def sleep(seconds: float) -> None:
        if threading.current_thread() is thread:
            waits.set()
            wakes.wait()
        else:
            time.sleep(seconds)

    def enter() -> None:
        with other:
            inside.set()

    monkeypatch.setattr(lock, "time", SimpleNamespace(monotonic=time.monotonic, sleep=sleep))
    thread = threading.Thread(target=enter)
    with mine:
        thread.start()
        waits.wait()
    try:
        with pytest.raises(LockTimeout), mine:
            pass
        assert not inside.is_set()
    finally:
        wakes.set()
        thread.join()
    assert inside.is_set()
    with mine:
        pass


def contend(lock: WriteLock, *, threads: int, enough: Callable[[list[str]], bool]) -> list[str]:
    """The results of threads that want the lock while it is held, until `enough` have theirs."""
    results: list[str] = []

    def work() -> None:
        try:
            with lock:
                results.append("acquired")
        except LockTimeout:
            results.append("timeout")

    crowd = [threading.Thread(target=work) for _ in range(threads)]
    with lock:
        for thread in crowd:
            thread.start()
        until(lambda: enough(results), "enough threads have a result")
    for thread in crowd:
        thread.join()
    return sorted(results)


def test_while_a_write_does_not_end_a_few_wait_and_the_others_time_out_soon(
    tmp_path: Path,
) -> None:
    lock = WriteLock(tmp_path / "lock")
    lock.WAIT, lock.STUCK = 60, 0.01
    timeouts = 9 - WriteLock.QUEUE
    results = contend(lock, threads=9, enough=lambda results: len(results) == timeouts)
    assert results == ["acquired"] * WriteLock.QUEUE + ["timeout"] * timeouts


def test_while_writes_are_quick_every_thread_may_wait(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "lock")
    lock.WAIT = lock.STUCK = 60
    arrived = threading.active_count() + 9
    results = contend(lock, threads=9, enough=lambda _: threading.active_count() >= arrived)
    assert results == ["acquired"] * 9


def test_full_queues_for_lock_and_limiters_leave_threads_to_others() -> None:
    for_forms = (
        passwords.limiter, key_files.derivations, drafts.parsers, passphrases.text_checks, long_work
    )  # fmt: skip
    for limiters, threads in (
        ((thread_search.search_limiter, long_work), dispatcher.READERS),
        (for_forms, dispatcher.WRITERS),
    ):
        assert WriteLock.QUEUE + sum(limiter.queue for limiter in limiters) + 2 < threads


def test_a_thread_that_waits_too_long_gets_a_timeout(tmp_path: Path) -> None:
    lock, results = WriteLock(tmp_path / "lock"), []
    lock.WAIT = 0.02

    def work() -> None:
        try:
            with lock:
                results.append("acquired")
        except LockTimeout:
            results.append("timeout")

    with lock:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert results == ["timeout"]


@pytest.mark.slow
def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "lock")
    lock.WAIT = 0.02
    holder = python(HOLDER, tmp_path / "lock")
    assert holder.stdout and holder.stdout.readline() == "inside\n"
    with pytest.raises(LockTimeout):
        lock.__enter__()
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    holder.stdout.close()
    with lock:
        pass


def test_an_error_inside_frees_the_lock(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "lock")
    with pytest.raises(ZeroDivisionError), lock:
        raise ZeroDivisionError
    with lock:
        pass


def test_lock_files_are_readable_by_their_owner_only(tmp_path: Path) -> None:
    with WriteLock(tmp_path / "board.db.lock"):
        pass
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_an_error_rolls_back_everything_written(app: Flask, ada: User) -> None:
    with pytest.raises(ZeroDivisionError), writing():
        _rename_and_fail(ada)
    assert db.session.get_one(User, ada.id).name == "ada"


def test_a_change_outside_writing_is_refused(app: Flask, ada: User) -> None:
    ada.name = "Ada L"
    with pytest.raises(RuntimeError, match="outside"):
        db.session.flush()
    db.session.rollback()
    assert ada.name == "ada"


def test_readers_cannot_write(app: Flask, ada: User) -> None:
    with pytest.raises(DatabaseError, match="readonly"):
        db.session.execute(text("UPDATE user SET can_moderate = 1"))
    db.session.rollback()
    with writing():
        db.session.execute(text("UPDATE user SET can_moderate = 1"))
    assert db.session.get_one(User, ada.id).can_moderate is True
    with pytest.raises(DatabaseError, match="readonly"):
        db.session.execute(text("UPDATE user SET can_moderate = 0"))


def test_query_only_is_set_once_per_connection(app: Flask) -> None:
    """To set `query_only` again makes SQLite forget the statements it has prepared there."""
    statements: list[str] = []

    def listen(connection: Any, _record: object, _proxy: object) -> None:
        connection.set_trace_callback(statements.append)

    close_connections()
    db.session.execute(text("SELECT 0"))
    db.session.rollback()
    for engine in db.engines.values():
        event.listen(engine, "checkout", listen)
    for _ in range(2):
        db.session.execute(text("SELECT 1"))
        with writing():
            db.session.execute(text("SELECT 2"))
    for engine in db.engines.values():
        event.remove(engine, "checkout", listen)
    relevant = [each for each in statements if each.startswith(("SELECT", "PRAGMA query_only"))]
    assert relevant == ["SELECT 1", "SELECT 2"] * 2


def test_a_writer_decides_on_the_newest_state(app: Flask, ada: User) -> None:
    assert ada.name == "ada"
    with writing_engine().execution_options(writing=True).connect() as other:
        other.execute(text("UPDATE user SET name = 'ada of elsewhere'"))
        other.commit()
    with writing():
        assert ada.name == "ada of elsewhere"


def test_every_connection_has_the_pragmas(another: Callable[..., Flask], tmp_path: Path) -> None:
    app = another(tmp_path)
    with app.app_context(), db.engine.connect() as one, db.engine.connect() as two:
        for connection in (one, two):
            read = {p: connection.exec_driver_sql(f"PRAGMA {p}").scalar() for p in PRAGMAS}
            assert read == PRAGMAS


def _rename_and_fail(user: User) -> None:
    user.rename("Ada L")
    db.session.flush()
    raise ZeroDivisionError

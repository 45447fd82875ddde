"""One writer at a time, in turn, and never for ever."""

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

from board.accounts import data_export
from board.accounts.auth import passwords
from board.accounts.models import User
from board.comments.thread import search as thread_search
from board.db import PRAGMAS, close_connections, db, writing, writing_engine
from board.db import write_lock as lock
from board.db.write_lock import FifoThreadLock, LockTimeout, WriteLock
from board.ops import serve
from support.wait import until

ROOT = Path(__file__).parents[2]
# Takes the lock again and again; inside, a folder stands that can be made once only. One letter
# to the diary for each turn, as soon as all have arrived.
HAMMER = """
import os, sys, time
from pathlib import Path
from board.db.write_lock import WriteLock
folder, name, turns = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
lock, diary = WriteLock(folder / "lock"), folder / "diary"
lock.WAIT = 30
(folder / f"here-{name}").touch()
while len(list(folder.glob("here-*"))) < int(sys.argv[4]):
    time.sleep(0.001)
while not diary.exists() or diary.stat().st_size < turns:
    with lock:
        (folder / "inside").mkdir()
        with diary.open("a") as file:
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
def test_processes_take_turns_and_never_meet(tmp_path: Path) -> None:
    workers = [python(HAMMER, tmp_path, name, 300, 3) for name in "abc"]
    ends = [(worker.communicate(timeout=60)[0], worker.returncode) for worker in workers]
    assert ends == [("", 0)] * 3
    shares = Counter((tmp_path / "diary").read_text())
    assert set(shares) == set("abc") and max(shares.values()) < 3 * min(shares.values())


def test_threads_take_turns_and_never_meet(tmp_path: Path) -> None:
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


def test_threads_get_their_turns_in_the_order_they_came() -> None:
    """Also before one that comes when it has become free, which Python's own locks let in first."""
    line, came = FifoThreadLock(), list[int]()

    def take(number: int) -> None:
        assert line.acquire(lambda before: time.monotonic() + 60, poll_every=0.01)
        came.append(number)
        line.release()

    threads = [threading.Thread(target=take, args=(number,)) for number in range(5)]
    assert line.acquire(lambda before: 0, poll_every=60)
    for number, thread in enumerate(threads, start=1):
        thread.start()
        until(lambda number=number: len(line) == number, "it stands in the line")
    line.release()
    take(5)
    for thread in threads:
        thread.join()
    assert came == [0, 1, 2, 3, 4, 5]


def test_whoever_gives_up_leaves_the_line_to_those_behind() -> None:
    line, told = FifoThreadLock(), list[tuple[str, bool]]()

    def take(name: str, patience: float) -> None:
        until_then = time.monotonic() + patience
        told.append((name, line.acquire(lambda before: until_then, poll_every=0.001)))

    hasty = threading.Thread(target=take, args=("hasty", 0))
    patient = threading.Thread(target=take, args=("patient", 60))
    line.acquire(lambda before: 0, poll_every=60)
    hasty.start()
    until(lambda: len(line) == 1 or told, "it stands in the line")
    patient.start()
    hasty.join()
    line.release()
    patient.join()
    assert told == [("hasty", False), ("patient", True)] and len(line) == 0


def test_whoever_waits_too_long_is_told_so_and_may_come_back(tmp_path: Path) -> None:
    mine, other = WriteLock(tmp_path / "lock"), WriteLock(tmp_path / "lock")
    other.WAIT = 0.02
    with mine, pytest.raises(LockTimeout), other:
        pass
    mine.WAIT = 0.02
    with other, pytest.raises(LockTimeout):
        mine.__enter__()
    with mine:
        pass


def test_whoever_has_let_go_does_not_overtake_the_one_that_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one that waits sleeps between two tries, for as long as this test likes."""
    mine, other = (
        WriteLock(tmp_path / "board.db.write_lock"),
        WriteLock(tmp_path / "board.db.write_lock"),
    )
    waits, wakes, inside = threading.Event(), threading.Event(), threading.Event()
    mine.WAIT = 0.02

    def sleep(seconds: float) -> None:
        if threading.current_thread() is thread:
            waits.set()
            wakes.wait()
        else:
            time.sleep(seconds)

    def wait_for_it() -> None:
        with other:
            inside.set()

    monkeypatch.setattr(lock, "time", SimpleNamespace(monotonic=time.monotonic, sleep=sleep))
    thread = threading.Thread(target=wait_for_it)
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


def gather(lock: WriteLock, *, threads: int, enough: Callable[[list[str]], bool]) -> list[str]:
    """What so many threads are told that come while another has its turn until `enough`."""
    told: list[str] = []

    def work() -> None:
        try:
            with lock:
                told.append("let in")
        except LockTimeout:
            told.append("busy")

    crowd = [threading.Thread(target=work) for _ in range(threads)]
    with lock:
        for thread in crowd:
            thread.start()
        until(lambda: enough(told), "enough were told")
    for thread in crowd:
        thread.join()
    return sorted(told)


def test_when_a_turn_does_not_end_a_few_wait_for_it_and_the_others_are_told_soon(
    tmp_path: Path,
) -> None:
    lock = WriteLock(tmp_path / "lock")
    lock.WAIT, lock.STUCK = 60, 0.01
    told = gather(lock, threads=9, enough=lambda told: len(told) == 9 - WriteLock.QUEUE)
    assert told == ["busy"] * (9 - WriteLock.QUEUE) + ["let in"] * WriteLock.QUEUE


def test_while_turns_pass_quickly_everybody_may_wait(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "lock")
    lock.WAIT = lock.STUCK = 60
    arrived = threading.active_count() + 9
    told = gather(lock, threads=9, enough=lambda _: threading.active_count() >= arrived)
    assert told == ["let in"] * 9


def test_waiting_to_write_or_sign_in_leaves_a_thread_to_readers() -> None:
    dear = (passwords.limiter, thread_search.search_limiter, data_export.limiter)
    waiting = WriteLock.QUEUE + sum(turns.queue for turns in dear)
    assert waiting + 3 < serve.THREADS


def test_a_thread_that_waits_too_long_is_told_so(tmp_path: Path) -> None:
    lock, told = WriteLock(tmp_path / "lock"), []
    lock.WAIT = 0.02

    def work() -> None:
        try:
            with lock:
                told.append("let in")
        except LockTimeout:
            told.append("busy")

    with lock:
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
    assert told == ["busy"]


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


def test_the_locks_files_are_the_owners_alone(tmp_path: Path) -> None:
    with WriteLock(tmp_path / "board.db.lock"):
        pass
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o600}


def test_an_error_undoes_everything_written(app: Flask, ada: User) -> None:
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


def test_a_connection_is_told_once_whether_it_may_write(app: Flask) -> None:
    """To tell it again makes SQLite forget what it has prepared there."""
    told: list[str] = []

    def listen(connection: Any, _record: object, _proxy: object) -> None:
        connection.set_trace_callback(told.append)

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
    asked = [each for each in told if each.startswith(("SELECT", "PRAGMA query_only"))]
    assert asked == ["SELECT 1", "SELECT 2"] * 2


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

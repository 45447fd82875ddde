"""Workers that die are started again, for ever."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType, SimpleNamespace
from typing import Any

import pytest

from board.ops.server import supervisor
from board.ops.server.supervisor import PAUSE_MAX, STEADY, Supervisor, next_pause
from support.real_server import Server
from support.wait import until


def workers_of(server: Server) -> list[int]:
    pid = server.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def kill_workers(server: Server) -> None:
    """Kill all, and wait until none of them is left."""
    killed = workers_of(server)
    for worker in killed:
        os.kill(worker, signal.SIGKILL)
    until(lambda: not {*killed} & {*workers_of(server)}, "the dead are collected")


def answers(server: Server) -> bool:
    assert server.process.poll() is None, "the server ended"
    try:
        return server.get("/healthz").status == 200
    except OSError:
        return False


@pytest.mark.slow
def test_a_worker_that_keeps_dying_is_started_again_and_it_is_said(tmp_path):
    log = tmp_path / "log.txt"
    with log.open("w") as stderr, Server(tmp_path / "instance", workers=1, stderr=stderr) as server:
        for _ in range(3):
            kill_workers(server)
            until(lambda: answers(server), "a new worker answers")

        assert server.get("/").status == 200
    said = "worker 1 ended with status -9; it is started again in {} seconds"
    lines = [line for line in log.read_text().splitlines() if "is started again" in line]
    assert [line.partition(": ")[2] for line in lines] == [said.format(n) for n in (0, 1, 2)]


@pytest.mark.slow
def test_a_server_whose_workers_are_dead_ends_when_it_is_asked_to(tmp_path):
    with Server(tmp_path / "instance") as server:
        kill_workers(server)
        until(lambda: answers(server), "a new worker answers")
        kill_workers(server)
        server.process.send_signal(signal.SIGTERM)

        assert server.process.wait(timeout=20) in (0, 1)  # 1: a worker had died


class Worker:
    """Of a process no more than the supervisor asks for."""

    def __init__(self, *, alive: bool) -> None:
        self.alive = alive
        self.inner = SimpleNamespace(exitcode=None if alive else -9, is_alive=self.is_alive)

    def is_alive(self) -> bool:
        return self.alive

    def start(self) -> None: ...
    def terminate(self) -> None: ...
    def join(self, _timeout: float | None) -> None: ...


def supervisor_of(worker: Worker) -> Supervisor:
    """One whose only worker has just died."""
    server = Supervisor("wsgi:app", respawn_failed_workers=True, workers_kill_timeout=10)
    server._spawn_worker = lambda **_: Worker(alive=True)  # type: ignore[method-assign]
    server.wrks = [worker]
    server.interrupt_children.append(0)
    server.main_loop_interrupt.set()
    return server


def supervise(server: Supervisor, at_line: Callable[[], object]) -> threading.Thread:
    """Run its loop in a thread, and call `at_line` before each line of Python there."""

    def trace(frame: FrameType, event: str, _arg: Any) -> Any:
        if event == "line" and not frame.f_code.co_filename.endswith("test_supervisor.py"):
            sys.settrace(None)  # a handler runs without being interrupted
            at_line()
            sys.settrace(trace)
        return trace

    def run() -> None:
        sys.settrace(trace)
        server._serve_loop(None, None)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    return thread


def nth(number: int, act: Callable[[], object]) -> Callable[[], None]:
    """Calls `act` when it is called for the nth time."""
    calls: Iterator[int] = iter(range(1, number + 1))

    def count() -> None:
        if next(calls, 0) == number:
            act()

    return count


@pytest.fixture
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor, "STEADY", -1)


def lines_of_a_start() -> int:
    """How many lines run until the worker is started again and the loop waits for the first time.

    The first start runs more, as logging fills its caches.
    """
    counts: list[int] = []
    for _ in range(2):
        lines, waits = list[int](), threading.Event()
        server = supervisor_of(Worker(alive=False))

        class Watched(supervisor.Wakeup):
            def wait(self, lines: list[int] = lines, waits: threading.Event = waits) -> None:
                if not waits.is_set():
                    counts.append(len(lines))
                waits.set()
                super().wait()

        server.main_loop_interrupt = Watched()
        thread = supervise(server, lambda lines=lines: lines.append(1))
        until(waits.is_set, "the loop waits")
        end(server, thread)
    return counts[-1]


def end(server: Supervisor, thread: threading.Thread) -> None:
    server.signal_handler_interrupt()
    thread.join(20)
    assert not thread.is_alive(), "it does not end"


@pytest.mark.slow
def test_a_signal_to_end_is_never_missed_while_a_worker_is_started_again(no_pause: None) -> None:
    for number in range(1, lines_of_a_start() + 1):
        server, came = supervisor_of(Worker(alive=False)), threading.Event()

        def signalled(server: Supervisor = server, came: threading.Event = came) -> None:
            came.set()
            server.signal_handler_interrupt()

        thread = supervise(server, nth(number, signalled))
        assert came.wait(20)
        thread.join(20)
        assert not thread.is_alive(), f"a signal before line {number} was missed"


@pytest.mark.slow
def test_a_death_is_never_missed_while_another_worker_is_started_again(no_pause: None) -> None:
    for number in range(1, lines_of_a_start()):
        server, other = supervisor_of(Worker(alive=False)), Worker(alive=True)
        server.wrks.append(other)

        def die(server: Supervisor = server, other: Worker = other) -> None:
            other.alive = False
            server.interrupt_children.append(1)
            server.main_loop_interrupt.set()

        thread = supervise(server, nth(number, die))
        until(lambda other=other, server=server: other not in server.wrks, "it is replaced")
        end(server, thread)


def test_pauses_grow_while_workers_die_young():
    pause, pauses = 0.0, []
    for _ in range(7):
        pause = next_pause(pause, lived=1)
        pauses.append(pause)

    assert pauses == [1, 2, 4, 8, PAUSE_MAX, PAUSE_MAX, PAUSE_MAX]
    assert next_pause(pause, lived=STEADY + 1) == 0

"""Workers that die are started again, for ever."""

import os
import signal
from pathlib import Path

import pytest

from board.ops.server.supervisor import PAUSE_MAX, STEADY, next_pause
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


def test_pauses_grow_while_workers_die_young():
    pause, pauses = 0.0, []
    for _ in range(7):
        pause = next_pause(pause, lived=1)
        pauses.append(pause)

    assert pauses == [1, 2, 4, 8, PAUSE_MAX, PAUSE_MAX, PAUSE_MAX]
    assert next_pause(pause, lived=STEADY + 1) == 0

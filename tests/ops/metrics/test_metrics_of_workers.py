"""Metrics of a real server: any worker tells what all of them did, and a dead one did."""

import os
import signal
from http.client import HTTPConnection
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from support.real_server import Server
from support.wait import until

pytestmark = pytest.mark.slow
TOKEN = "a-token-of-the-tests"


@pytest.fixture
def server(app, harbour, tmp_path):
    with Server(tmp_path, settings={"METRICS_TOKEN": TOKEN}) as running:
        yield running


def read(server):
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("GET", "/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    text = connection.getresponse().read().decode()
    connection.close()
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def views_of(server, values):
    return sum(
        value
        for (name, *labels), value in values.items()
        if name == "board_requests_total" and ("route", "comments.article") in labels
    )


def workers(server):
    parent = server.process.pid
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text()
    return [int(pid) for pid in children.split()]


def test_any_worker_tells_what_all_did(server):
    for _ in range(40):
        assert server.get("/articles/harbour").status == 200

    assert {views_of(server, read(server)) for _ in range(10)} == {40}


def test_numbers_survive_workers_that_are_killed(server):
    for _ in range(40):
        server.get("/articles/harbour")
    killed = workers(server)
    for pid in killed:
        os.kill(pid, signal.SIGKILL)
    until(lambda: server._is_healthy() and not set(killed) & set(workers(server)), "new workers")

    assert views_of(server, read(server)) == 40


def test_each_process_tells_its_memory(server):
    def of_processes(name):
        return {
            dict(labels)["process"]: value
            for (found, *labels), value in read(server).items()
            if found == name
        }

    resident = "board_process_resident_memory_bytes"
    until(lambda: len(of_processes(resident)) == 4, "the server, its workers and that of mail run")

    memory = of_processes(resident)
    up = of_processes("board_process_up")
    assert sorted(memory) == ["0", "1", "2", "3"]
    assert {value % 2**20 for value in memory.values()} == {0}
    assert all(2**24 < value < 2**30 for value in memory.values())
    assert set(up.values()) == {1}

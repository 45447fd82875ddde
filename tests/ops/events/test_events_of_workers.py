"""Security events of a real server: its workers write one log, and know a client by one mark."""

import json
from http.client import HTTPConnection

import pytest

from support.real_server import Server

pytestmark = pytest.mark.slow


def sign_in_from(server, address):
    """As another site would send it. The status, and the id of the request."""
    headers = {
        "Sec-Fetch-Site": "cross-site",
        "X-Forwarded-For": address,
        "Content-Type": "application/x-www-form-urlencoded",
    }
    connection = HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("POST", "/sign-in", "email=a", headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers["X-Request-Id"]


def test_workers_write_one_log_and_use_one_mark(app, harbour, tmp_path):
    with Server(tmp_path, settings={"PROXIES": "1"}) as server:
        first = [sign_in_from(server, "203.0.113.7") for _ in range(12)]
        second = [sign_in_from(server, "198.51.100.7") for _ in range(12)]
        (path,) = (tmp_path / "log").glob("*.jsonl")
        lines = [json.loads(line) for line in path.read_text().splitlines()]

    assert {status for status, _ in [*first, *second]} == {403}
    by_id = {line["request"]: line["client"] for line in lines}
    marks = [{by_id[id] for _, id in each} for each in (first, second)]
    assert len(by_id) == len(lines) == 24
    assert [len(each) for each in marks] == [1, 1]
    assert marks[0] != marks[1]

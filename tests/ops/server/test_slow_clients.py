"""Slow, idle and half-open connections to the real server cost no reader anything."""

import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from bench.servers import Server as Process
from bench.storm.run import documented_nginx
from board.ops.server import pace
from support import raw_client
from support.raw_client import connect, head, many
from support.real_server import Server
from support.wait import until
from tips.conftest import hidden_field

pytestmark = pytest.mark.slow

PAGE = "/articles/fish-market-rent"
LENGTH = 60_000
CANARY = b"the director keeps two ledgers "


@pytest.fixture
def nginx(server: Server, tmp_path: Path) -> Iterator[Process]:
    """nginx with the lines of docs/tips.md, in front of the board."""
    if not shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin"):
        if os.environ.get("BOARD_TESTS_SKIP_NOTHING"):
            pytest.fail("nginx is missing: apt-get install nginx-light")
        pytest.skip("needs nginx: apt-get install nginx-light")
    process = documented_nginx(tmp_path, server.port)
    process.start()
    yield process
    process.stop()


def is_served(server: Server) -> bool:
    """Twenty readers, each on a new connection, so both workers are asked; none waits for long."""
    return all(served(server.port, path) == 200 for _ in range(10) for path in (PAGE, "/healthz"))


def served(port: int, path: str) -> int:
    with closing(HTTPConnection("127.0.0.1", port, timeout=raw_client.PATIENCE)) as connection:
        connection.request("GET", path)
        return connection.getresponse().status


def slow_form(port: int, path: str = "/sign-in") -> bytes:
    return head(port, path, LENGTH) + b"email=a"


def test_forms_that_stop_after_a_byte_keep_nobody_from_reading(server: Server) -> None:
    with many(80, server.port, slow_form(server.port)):
        assert is_served(server)
        assert server.post("/sign-in", token="", email="a", password="b").status == 422


def test_nor_do_they_through_the_nginx_we_document(server: Server, nginx: Process) -> None:
    with many(80, nginx.port, slow_form(nginx.port, "/tips/new")):
        assert is_served(server)


def test_another_origin_is_refused_before_its_body_is_read(server: Server) -> None:
    with connect(server.port) as connection:
        connection.sendall(head(server.port, "/sign-in", LENGTH, site="cross-site"))
        answer = raw_client.answer(connection)
    assert answer.startswith("HTTP/1.1 403")


@pytest.mark.parametrize(
    ("path", "status"), [("/no/such/page", 404), ("/", 405), ("/articles/x" * 500, 414)]
)
def test_what_no_view_takes_is_refused_before_its_body_is_read(
    server: Server, path: str, status: int
) -> None:
    with connect(server.port) as connection:
        connection.sendall(head(server.port, path, LENGTH))
        assert raw_client.answer(connection).startswith(f"HTTP/1.1 {status}")


def test_a_body_without_its_length_is_refused(server: Server) -> None:
    with connect(server.port) as connection:
        form = head(server.port, "/sign-in", 0).replace(
            b"Content-Length: 0", b"Transfer-Encoding: chunked"
        )
        connection.sendall(form)
        assert raw_client.status(connection) == 411


def test_a_form_that_does_not_go_on_gets_a_page_and_an_end(server: Server) -> None:
    """The words that had arrived are on it."""
    began = time.monotonic()
    with connect(server.port) as connection:
        connection.settimeout(pace.GRACE + 10)
        body = "text=%EC%9E%A5%EB%B6%80%EA%B0%80+%EB%91%90+%EA%B6%8C&rest="
        connection.sendall(head(server.port, "/tips/new", LENGTH) + body.encode())
        answer = raw_client.answer(connection)
    assert answer.startswith("HTTP/1.1 408")
    assert "장부가 두 권" in answer
    assert time.monotonic() - began < pace.GRACE + 5


def test_connections_that_send_no_request_keep_nobody_out(server: Server) -> None:
    with many(600, server.port, b""), many(600, server.port, b"GET / HTTP/1.1\r\nX-A: "):
        assert is_served(server)


def test_clients_that_read_no_response_keep_nobody_out(server: Server) -> None:
    request = f"GET {PAGE} HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n"
    with many(100, server.port, request.encode() * 100):
        assert is_served(server)


def tip_form(server: Server, size: int, content: bytes = CANARY) -> tuple[str, bytes]:
    page = server.get("/tips/new")
    page = server.get(page.headers["location"])
    fields = {"ticket": hidden_field(page, "ticket"), "step": "look", "text": "x"}
    return raw_client.upload("files", content=content * (size // len(content)), fields=fields)


def sent(server: Server, path: str, kind: str, body: bytes, *, pieces: int = 1) -> str:
    """The answer to an upload that arrives in pieces, a tenth of a second apart."""
    with connect(server.port) as connection:
        connection.settimeout(60)
        connection.sendall(head(server.port, path, len(body), kind, "Connection: close"))
        size = -(-len(body) // pieces)
        for start in range(0, len(body), size):
            connection.sendall(body[start : start + size])
            time.sleep(0.1 if pieces > 1 else 0)
        return raw_client.answer(connection)


def test_a_slow_telephone_sends_a_file_whole(server: Server) -> None:
    kind, body = tip_form(server, 3 * 1024**2)
    answer = sent(server, "/tips/new", kind, body, pieces=20)
    assert answer.startswith("HTTP/1.1 200")
    assert "a.bin" in answer


def slow_upload(server: Server, path: str) -> bytes:
    kind, body = raw_client.upload("files", content=b"x" * 2 * 1024**2, fields={})
    network = "X-Forwarded-For: 198.51.100.7"
    return head(server.port, path, 80 * 1024**2, kind, network) + body[: -(1024**2)]


@pytest.mark.parametrize("path", ["/tips/new", "/report/rights"])
def test_slow_uploads_leave_places_for_others(server: Server, path: str) -> None:
    """As through Tor, where nobody has an address. There are places for fewer."""
    kind, body = tip_form(server, 2 * 1024**2)
    with many(60, server.port, slow_upload(server, path)):
        answer = sent(server, "/tips/new", kind, body)
        assert is_served(server)
    assert answer.startswith("HTTP/1.1 200")
    assert "a.bin" in answer


def readable(server: Server) -> bytes:
    """All that the server has in its folder and its open files, those without a name too."""
    pids = subprocess.check_output(["pgrep", "-g", str(server.process.pid)], text=True).split()
    open_files = [fd for pid in pids for fd in Path(f"/proc/{pid}/fd").iterdir()]
    found = []
    for path in (*server.folder.rglob("*"), *open_files):
        with suppress(OSError):
            if path.is_file():
                found.append(path.read_bytes())
    return b"".join(found)


def test_a_source_s_file_is_unreadable_on_the_disk_while_it_arrives(server: Server) -> None:
    kind, body = tip_form(server, 8 * 1024**2)
    with connect(server.port) as connection:
        connection.sendall(head(server.port, "/tips/new", len(body), kind))
        before = len(readable(server))
        connection.sendall(body[: 4 * 1024**2])
        until(lambda: len(readable(server)) > before + 3 * 1024**2, "the file is on the disk")
        assert CANARY not in readable(server)

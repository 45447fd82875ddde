"""Protocols: the server speaks HTTP/1.1 alone, and does not say what it is."""

import re
from collections.abc import Iterator
from contextlib import closing

import pytest

from support.raw_client import connect
from support.real_server import Server

pytestmark = pytest.mark.slow

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"  # RFC 9113, 3.4
SETTINGS = b"\0\0\0\x04\0\0\0\0\0"
UPGRADE = (
    "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"
    "HTTP2-Settings: AAMAAABkAAQCAAAAAAIAAAAA\r\n"
)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("protocols"), workers=1) as server:
        yield server


def reply(server: Server, request: bytes) -> bytes:
    """All the server sends until it closes the connection, or until nothing comes any more."""
    parts = []
    with closing(connect(server.port)) as connection:
        connection.sendall(request)
        try:
            while part := connection.recv(64 * 1024):
                parts.append(part)
        except ConnectionError:
            pass
    return b"".join(parts)


def get(path: str, *, more: str = "", method: str = "GET") -> bytes:
    text = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\n{more}"
    return (text + ("" if "Connection" in more else "Connection: close\r\n") + "\r\n").encode()


@pytest.mark.parametrize("opening", [PREFACE + SETTINGS, PREFACE])
def test_http_2_without_tls_is_refused_when_a_client_begins_with_it(
    server: Server, opening: bytes
) -> None:
    answer = reply(server, opening)

    assert not answer.startswith(SETTINGS[:4])
    assert answer == b"" or answer.startswith(b"HTTP/1.1 400 ")


def test_an_upgrade_to_http_2_is_not_taken(server: Server) -> None:
    more = UPGRADE.replace("Connection: Upgrade", "Connection: close, Upgrade")
    answer = reply(server, get("/healthz", more=more))

    assert answer.startswith(b"HTTP/1.1 200 ")
    assert b"upgrade" not in answer.lower()


@pytest.mark.parametrize(
    "request_",
    [
        get("/"), get("/healthz"), get("/nowhere"), get("/static/css/board.css"),
        get("/", method="HEAD"), get("/desk"), get("/", method="PUT"), b"nonsense\r\n\r\n",
        get("/sign-in", method="POST", more="Transfer-Encoding: chunked\r\n"),
        get("/sign-in", method="POST", more="Content-Length: 0\r\n"), get("/", more="X: \0\r\n"),
    ],
)  # fmt: skip
def test_no_response_says_which_server_or_version_it_is(server: Server, request_: bytes) -> None:
    head = reply(server, request_).partition(b"\r\n\r\n")[0].lower()

    assert re.findall(rb"\r\n(?:server|x-powered-by): *(\S+)", head) == []
    assert b"granian" not in head and b"werkzeug" not in head and b"python" not in head


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "TRACK", "DEBUG", "PROPFIND"])
def test_a_method_that_no_page_has_is_refused(server: Server, method: str) -> None:
    answer = reply(server, get("/", method=method, more="X-Secret: do not echo\r\n"))

    assert answer.split(b" ", 2)[1] in (b"400", b"403", b"404", b"405")
    assert b"do not echo" not in answer


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.git/HEAD", "/.env", "/board.toml", "/secret_key", "/static/../secret_key",
     "/static/..%2f..%2fwsgi.py", "/static/%2e%2e/%2e%2e/pyproject.toml", "/metrics", "/debug"],
)  # fmt: skip
def test_no_file_beside_the_static_ones_and_no_page_of_operators_is_served(
    server: Server, path: str
) -> None:
    assert reply(server, get(path)).split(b" ", 2)[1] == b"404"

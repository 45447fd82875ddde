"""Connections that send what no browser would: a byte at a time, or less than announced."""

import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

PATIENCE = 5.0  # seconds


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)


def head(port: int, path: str, length: int, *lines: str, site: str = "same-origin") -> bytes:
    """The head of a form that announces a body of `length` bytes."""
    kind = "Content-Type: application/x-www-form-urlencoded"
    if lines and lines[0].startswith("Content-Type"):
        kind, lines = lines[0], lines[1:]
    text = (
        f"POST {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", f"Sec-Fetch-Site: {site}", kind,
        f"Content-Length: {length}", *lines,
    )  # fmt: skip
    return "\r\n".join(text).encode() + b"\r\n\r\n"


@contextmanager
def many(count: int, port: int, opening: bytes) -> Iterator[list[socket.socket]]:
    """So many connections, each of which has sent this and waits."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(connect(port)) for _ in range(count)]
        for each in sockets:
            each.sendall(opening)
        yield sockets


def answer(connection: socket.socket) -> str:
    """All that comes until the server closes the connection."""
    parts = []
    while part := connection.recv(64 * 1024):
        parts.append(part)
    return b"".join(parts).decode()


def status(connection: socket.socket) -> int:
    """The status of the response, which may not have ended."""
    return int(connection.recv(12).split()[1])


def upload(name: str, *, content: bytes, fields: dict[str, str]) -> tuple[str, bytes]:
    """The content type and the body of a form with fields and, after them, one file."""
    parts = [
        f'--b\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in fields.items()
    ]
    start = f'--b\r\nContent-Disposition: form-data; name="{name}"; filename="a.bin"\r\n\r\n'
    body = b"".join([*parts, start.encode(), content, b"\r\n--b--\r\n"])
    return "Content-Type: multipart/form-data; boundary=b", body

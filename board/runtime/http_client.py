"""HTTP client: the only way the board asks services of others, such as identity providers.

TLS is verified, redirects are not followed, no proxy and no cookie is used, and answers are limited
in size and time. Servers have public addresses, unless the operator named them.
"""

import json
import socket
import ssl
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from threading import Timer
from typing import Any
from urllib.parse import SplitResult, urlencode, urlsplit

from board.runtime.app import setting
from board.runtime.pinned_addresses import PinnedAddresses, pinned

TIMEOUT = 10  # seconds in all; looking up a name has limits of its own
BYTES_MAX = 256 * 1024
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_FORM, _JSON = "application/x-www-form-urlencoded", "application/json"


class RequestFailed(Exception):
    """There is no usable answer. The text is for the operator, and has no secret."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Any answer with a status, also a redirect or an error."""

    status: int
    body: bytes
    retry_after: str = ""  # of the header, as it came

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300

    def json_object(self) -> dict[str, Any]:
        """Raises RequestFailed unless it succeeded with a JSON object."""
        if not self.is_ok:
            raise RequestFailed(f"it answered {self.status}")
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise RequestFailed("its answer is not JSON") from error
        if not isinstance(value, dict):
            raise RequestFailed("its answer is not a JSON object")
        return value


def get(url: str, *, headers: Mapping[str, str] | None = None, named: bool = False) -> Answer:
    """Raises RequestFailed. `named`: the operator named the host, which may be one of their own
    network."""
    return _request("GET", url, None, {"Accept": _JSON, **(headers or {})}, named=named)


def post_form(
    url: str,
    fields: Mapping[str, str],
    *,
    headers: Mapping[str, str] | None = None,
    named: bool = False,
) -> Answer:
    """Raises RequestFailed."""
    headers = {"Accept": _JSON, "Content-Type": _FORM, **(headers or {})}
    return _request("POST", url, urlencode(fields).encode(), headers, named=named)


def post_json(
    url: str, value: Any, *, headers: Mapping[str, str] | None = None, named: bool = False
) -> Answer:
    """Raises RequestFailed."""
    return post_json_text(url, json.dumps(value), headers=headers, named=named)


def post_json_text(
    url: str, text: str, *, headers: Mapping[str, str] | None = None, named: bool = False
) -> Answer:
    """JSON as it is written, for instance because it is signed. Raises RequestFailed."""
    headers = {"Accept": _JSON, "Content-Type": _JSON, **(headers or {})}
    return _request("POST", url, text.encode(), headers, named=named)


def is_of_this_machine(url: str) -> bool:
    """Whether board and address both are, as when it is tried out. Readers of such a board are on
    this machine too, for it accepts no other Host; so no setting can open this by mistake."""
    hosts = urlsplit(url).hostname, urlsplit(setting("ORIGIN")).hostname or "localhost"
    return all(host in _LOOPBACK for host in hosts)


def _request(
    method: str, url: str, body: bytes | None, headers: Mapping[str, str], *, named: bool
) -> Answer:
    deadline = time.monotonic() + TIMEOUT
    try:
        parts = urlsplit(url)
        target = f"{parts.path or '/'}{parts.query and '?'}{parts.query}"
        with _connection(parts, deadline, named=named) as connection:
            connection.request(method, target, body, {"User-Agent": "board", **headers})
            with connection.getresponse() as response:
                retry_after = response.getheader("Retry-After", "")
                answer = Answer(response.status, response.read(BYTES_MAX + 1), retry_after)
        _time_left(deadline)  # what was cut off may look like the end
    except (OSError, HTTPException, ValueError) as error:
        raise RequestFailed(f"it cannot be reached ({error})") from error
    if len(answer.body) > BYTES_MAX:
        raise RequestFailed(f"its answer is larger than {BYTES_MAX // 1024} KiB")
    return answer


@contextmanager
def _connection(url: SplitResult, deadline: float, *, named: bool) -> Iterator[HTTPConnection]:
    """A connection that is cut off at `deadline`. Raises OSError and ValueError."""
    is_here = is_of_this_machine(url.geturl())
    if url.scheme != "https" and not (url.scheme == "http" and is_here):
        raise ValueError("it is not an https address")
    if url.hostname is None or url.username is not None:
        raise ValueError("it is not the address of a host")
    addresses = _Addresses(deadline, {url.hostname} if named or is_here else ())
    connection = _unconnected(url, addresses)
    try:
        connection.connect()
        cutting = Timer(_time_left(deadline), _cut_off, (connection.sock,))
        cutting.start()
        try:
            yield connection
        finally:
            cutting.cancel()
    finally:
        connection.close()


class _Addresses(PinnedAddresses):
    """Connecting, and what follows, have the time that is left."""

    def __init__(self, deadline: float, named: Collection[str]) -> None:
        super().__init__(named)
        self._deadline = deadline

    def connect(self, address: tuple[str, int], timeout: float, *args: Any) -> socket.socket:
        made = super().connect(address, _time_left(self._deadline), *args)
        made.settimeout(_time_left(self._deadline))
        return made


def _unconnected(url: SplitResult, addresses: PinnedAddresses) -> HTTPConnection:
    options: dict[str, Any] = {"port": url.port or 80}
    kind = pinned(HTTPConnection, addresses)
    if url.scheme == "https":
        options = {"port": url.port or 443, "context": _tls()}
        kind = pinned(HTTPSConnection, addresses)
    made: HTTPConnection = kind(url.hostname, timeout=TIMEOUT, **options)
    return made


@cache
def _tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _time_left(deadline: float) -> float:
    """Raises TimeoutError if there is none."""
    if (left := deadline - time.monotonic()) <= 0:
        raise TimeoutError(f"it takes longer than {TIMEOUT} seconds")
    return left


def _cut_off(sock: socket.socket) -> None:
    """Wake the thread that reads: with the plain method, as that of TLS would go on unencrypted."""
    with suppress(OSError):
        socket.socket.shutdown(sock, socket.SHUT_RDWR)

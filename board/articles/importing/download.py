"""Sources of feeds: local files and downloads."""

import re
import socket
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO, Any
from urllib import request
from urllib.error import HTTPError, URLError
from urllib.parse import urlsplit, urlunsplit

from board.articles.addresses import quoted
from board.articles.importing.charset import CHUNK
from board.articles.importing.items import BrokenFeed
from board.runtime.pinned_addresses import (
    HttpHandler,
    HttpsHandler,
    NotPublic,
    PinnedAddresses,
)

TIMEOUT = 30  # seconds without a byte
DOWNLOAD_MAX_SECONDS = 300
DOWNLOAD_MAX_BYTES = 64 * 1024 * 1024
_HTTP_URL = re.compile("https?://", re.I)


@contextmanager
def open_source(source: str) -> Iterator[Path]:
    """Path of the source, downloaded if it is a URL. Raises BrokenFeed."""
    if not _HTTP_URL.match(source):
        yield _file(source)
        return
    with tempfile.TemporaryDirectory(prefix="board-import-") as folder:
        path = Path(folder) / "feed"
        try:
            _download(source, path)
        except HTTPError as error:
            raise BrokenFeed(f"the server answered {error.code} {error.reason}") from error
        except (OSError, HTTPException, ValueError) as error:
            reason = error.reason if isinstance(error, URLError) else error
            raise BrokenFeed(f"it cannot be downloaded ({reason})") from error
        yield path


def _file(source: str) -> Path:
    path = Path(source)
    if not path.is_file():
        raise BrokenFeed("it is not a file, and not an http or https address")
    try:
        path.open("rb").close()
    except OSError as error:
        raise BrokenFeed(f"it cannot be opened ({error.strerror})") from error
    return path


class _HttpRedirects(request.HTTPRedirectHandler):
    """Follows redirects to other servers of the internet, but never to a file."""

    def __init__(self, addresses: PinnedAddresses) -> None:
        self._addresses = addresses

    def redirect_request(
        self,
        req: request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> request.Request | None:
        try:
            url = self._checked(newurl)
        except (OSError, ValueError):
            fp.close()
            raise
        return super().redirect_request(req, fp, code, msg, headers, url)

    def _checked(self, newurl: str) -> str:
        """Raises URLError and NotPublic."""
        if not _HTTP_URL.match(newurl):
            raise URLError(f"it redirects to {newurl[:200]}, which is not on the web")
        url = ascii_url(newurl)
        host = urlsplit(url).hostname or ""
        try:
            with suppress(socket.gaierror):  # a proxy may know it
                self._addresses.of(host)
        except NotPublic as error:
            text = f"it redirects to {host[:200]}, which is not a public address"
            raise NotPublic(text) from error
        return url


def _download(url: str, path: Path) -> None:
    deadline = time.monotonic() + DOWNLOAD_MAX_SECONDS
    url = ascii_url(url)
    query = request.Request(url, headers={"User-Agent": "board-import"})  # noqa: S310  (checked)
    with (
        _opener(_addresses(url)).open(query, timeout=TIMEOUT) as response,
        path.open("wb") as file,
    ):
        _copy(response, file, deadline)


def _addresses(url: str) -> PinnedAddresses:
    """The feed and a proxy may be in the newsroom's own network; what they lead to may not."""
    proxies = (urlsplit(each).hostname for each in request.getproxies().values())
    return PinnedAddresses({urlsplit(url).hostname, *proxies})


def _copy(response: Any, file: IO[bytes], deadline: float) -> None:
    size, expected = 0, response.headers.get("Content-Length", "")
    while chunk := response.read1(CHUNK):
        size += file.write(chunk)
        if size > DOWNLOAD_MAX_BYTES:
            raise BrokenFeed(f"it is larger than {DOWNLOAD_MAX_BYTES // 1024**2} MB")
        if time.monotonic() > deadline:
            raise BrokenFeed(f"the download takes longer than {DOWNLOAD_MAX_SECONDS} seconds")
    if expected.isdecimal() and size < int(expected):
        raise BrokenFeed("the download was cut off")


def ascii_url(url: str) -> str:
    """The address as it is sent: a Hangul domain in punycode, other letters percent-encoded.

    Raises ValueError.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").encode("idna").decode()
    host = f"[{host}]" if ":" in host else host
    netloc = host if parts.port is None else f"{host}:{parts.port}"
    return urlunsplit((parts.scheme, netloc, quoted(parts.path), quoted(parts.query), ""))


def _opener(addresses: PinnedAddresses) -> request.OpenerDirector:
    """An opener for http and https only. The default one of urllib also opens files."""
    opener = request.OpenerDirector()
    for handler in _HANDLERS:
        opener.add_handler(handler())
    for connecting in (HttpHandler, HttpsHandler, _HttpRedirects):
        opener.add_handler(connecting(addresses))
    return opener


_HANDLERS: tuple[Callable[[], request.BaseHandler], ...] = (
    request.ProxyHandler,
    request.HTTPDefaultErrorHandler,
    request.HTTPErrorProcessor,
    request.UnknownHandler,
)

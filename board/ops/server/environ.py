"""The WSGI environment of a request to Granian (RSGI 1.6)."""

import sys
from functools import lru_cache
from typing import Any

from board.web.request.body import RequestBody

Environ = dict[str, Any]

_ALWAYS: Environ = {
    "SCRIPT_NAME": "",
    "SERVER_SOFTWARE": "board",
    "wsgi.errors": sys.stderr,
    "wsgi.input_terminated": True,
    "wsgi.multiprocess": True,
    "wsgi.multithread": True,
    "wsgi.run_once": False,
    "wsgi.version": (1, 0),
}
_PROTOCOLS = {"1": "HTTP/1.0", "1.1": "HTTP/1.1"}
_WITHOUT_PREFIX = {"content-type": "CONTENT_TYPE", "content-length": "CONTENT_LENGTH"}


def environ_of(scope: Any, body: RequestBody) -> Environ:
    """`scope` is Granian's, `body` becomes `wsgi.input`."""
    path = scope.path
    environ = {
        **_ALWAYS,
        **_server(scope.server),
        "SERVER_PROTOCOL": _PROTOCOLS.get(scope.http_version, "HTTP/1.1"),
        "REMOTE_ADDR": scope.client.rpartition(":")[0].strip("[]"),
        "REQUEST_METHOD": scope.method,
        "PATH_INFO": path if path.isascii() else path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "wsgi.url_scheme": scope.scheme,
        "wsgi.input": body,
    }
    _add_headers(environ, scope.headers.items())
    if "HTTP_HOST" not in environ:
        environ["HTTP_HOST"] = scope.authority or ""
    return environ


@lru_cache(maxsize=16)
def _server(address: str) -> Environ:
    name, _, port = address.rpartition(":")
    return {"SERVER_NAME": name, "SERVER_PORT": port}


def _add_headers(environ: Environ, headers: list[tuple[str, str]]) -> None:
    for name, value in headers:
        if (key := _key(name)) is None:
            continue
        if key in environ:  # repeated
            value = f"{environ[key]}{';' if key == 'HTTP_COOKIE' else ','}{value}"
        environ[key] = value


@lru_cache(maxsize=512)
def _key(name: str) -> str | None:
    """None for a name with an underscore, which could pass for that of another header."""
    if "_" in name:
        return None
    return _WITHOUT_PREFIX.get(name) or f"HTTP_{name.upper().replace('-', '_')}"

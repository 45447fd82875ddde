"""Embed gate: WSGI middleware in front of the page cache, for requests from pages of other sites.

It answers preflights (CORS), and leads somebody who opens such an address in a tab to
the page of the board. The cookie filter has dropped the cookies.
"""

from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import parse_qs, quote

from flask import Flask

from board.web.request.embed_mount import PREFIX

# The answer to a preflight, which browsers keep for two hours.
_PREFLIGHT = [
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, HEAD, OPTIONS"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type, If-None-Match, Idempotency-Key"),
    ("Access-Control-Max-Age", "7200"),
    ("Cross-Origin-Resource-Policy", "cross-origin"),
]
_OF_A_SITE = ("/thread", "/include")  # there is no such page without a site


def init_app(app: Flask) -> None:
    answer: Callable[[dict[str, Any], Any], Iterable[bytes]] = app.wsgi_app

    def ask(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith(f"{PREFIX}/"):
            if environ["REQUEST_METHOD"] == "OPTIONS":
                start_response("204 NO CONTENT", list(_PREFLIGHT))
                return []
            if environ.get("HTTP_SEC_FETCH_MODE") == "navigate":
                start_response("303 SEE OTHER", _headers_to(_framed_page(environ)))
                return []
        return answer(environ, start_response)

    app.wsgi_app = ask  # type: ignore[method-assign]


def _framed_page(environ: dict[str, Any]) -> str:
    """Address of the board’s own page; always a path, with one slash at the start."""
    path, query = environ["PATH_INFO"].removeprefix(PREFIX), environ["QUERY_STRING"]
    if path in _OF_A_SITE:
        path = f"/at/{parse_qs(query).get('site', [''])[0]}"
        address = "/" + quote(path.strip("/"))
    else:
        address = "/" + quote(path.lstrip("/"), encoding="latin-1")
    return f"{address}?{query}" if query else address


def _headers_to(address: str) -> list[tuple[str, str]]:
    return [
        ("Location", address),
        ("Cache-Control", "private, no-store"),
        ("Referrer-Policy", "strict-origin-when-cross-origin"),
    ]

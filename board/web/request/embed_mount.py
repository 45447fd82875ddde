"""Embed mount: WSGI middleware between page cache and Flask, which shows pages of the board without
their frame below /embed/v1.

The request is marked, and Flask gets the address of the page itself: the same views and templates
serve both.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask, request
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

PREFIX = "/embed/v1"
# Pages that other sites get, all for everyone. No other address leads anywhere below PREFIX.
EMBEDDABLE = frozenset({"comments.thread", "comments.comment", "comments.search"})
_MARK = "board.embedded"


def is_embedded() -> bool:
    """Whether a page of another site shows the answer."""
    return _MARK in request.environ


def init_app(app: Flask) -> None:
    answer: Callable[[dict[str, Any], Any], Iterable[bytes]] = app.wsgi_app
    routes = app.url_map.bind("")
    app.add_template_global(is_embedded)

    def ask(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if path.startswith(f"{PREFIX}/"):
            environ[_MARK] = True
            own_path = path.removeprefix(PREFIX)
            if _endpoint(routes, own_path, environ["REQUEST_METHOD"]) in EMBEDDABLE:
                environ["PATH_INFO"] = own_path
        return answer(environ, start_response)

    app.wsgi_app = ask  # type: ignore[method-assign]


def _endpoint(routes: MapAdapter, path: str, method: str) -> str | None:
    try:
        endpoint, _ = routes.match(path.encode("latin-1").decode(errors="replace"), method=method)
    except HTTPException:
        return None
    return str(endpoint)

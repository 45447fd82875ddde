"""Query filter: WSGI middleware that drops query arguments no view declares with @open_to.

Shared links gather tracking arguments, often with another value for each click (`fbclid`, `utm_…`).
Dropped first, such requests hit the page cache.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from flask import Flask

from board.web.request.guard import URL_MAX

# What every page reads: the language, the notice after a redirect, the version of a static file.
EVERYWHERE = frozenset(("lang", "notice", "v"))


def init_app(app: Flask) -> None:
    known = frozenset(EVERYWHERE.union(*(view.query for view in _views(app))))
    answer: Callable[[dict[str, Any], Any], Iterable[bytes]] = app.wsgi_app

    def ask(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        query = environ["QUERY_STRING"]
        if query and len(query) <= URL_MAX:  # an endless one is refused
            environ["QUERY_STRING"] = keep(query, known)
        return answer(environ, start_response)

    app.wsgi_app = ask  # type: ignore[method-assign]


@lru_cache(maxsize=256)
def keep(query: str, known: frozenset[str]) -> str:
    """Of an encoded query, the arguments in `known`, as they stand."""
    return "&".join(pair for pair in query.split("&") if unquote_plus(pair.split("=")[0]) in known)


def _views(app: Flask) -> Iterable[Any]:
    return app.view_functions.values()

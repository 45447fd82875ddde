"""Drops query parameters no page uses.

Links pick up parameters on their way, often another value for each click (`fbclid`, `utm_…`).
Without these they all lead to the same cached page.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from flask import Flask

from board.web.request.guard import URL_MAX

# Of every page in every slice. A view never sees a parameter that is not in this list.
KNOWN_PARAMETERS = frozenset(
    (
        "after", "age", "article", "author", "before", "by", "category", "comment", "key", "lang",
        "limit", "next", "notice", "preset", "q", "queue", "reason", "rulings_before", "section",
        "show", "sort", "text", "to", "v", "verdict", "version",
    )
)  # fmt: skip


def init_app(app: Flask) -> None:
    wrapped: Callable[[dict[str, Any], Any], Iterable[bytes]] = app.wsgi_app

    def filter_query(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        query = environ["QUERY_STRING"]
        if query and len(query) <= URL_MAX:  # the guard refuses a longer one
            environ["QUERY_STRING"] = keep_known_parameters(query)
        return wrapped(environ, start_response)

    app.wsgi_app = filter_query  # type: ignore[method-assign]


@lru_cache(maxsize=256)
def keep_known_parameters(query: str) -> str:
    """The pairs of an encoded query string that some page uses, unchanged."""
    return "&".join(
        pair for pair in query.split("&") if unquote_plus(pair.split("=")[0]) in KNOWN_PARAMETERS
    )

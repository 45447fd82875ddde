"""What pages ask of their address, and nothing else gets through.

On its way a link picks up more, often another value for each click (`fbclid`, `utm_…`): taken away
before anything looks, it leads to the page that is kept.
"""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote_plus

from flask import Flask

from board.web.request.guard import URL_MAX

# Of every page in every slice. A page that asks for another name gets nothing under it.
NAMES = frozenset(
    (
        "after", "age", "article", "author", "before", "by", "category", "comment", "key", "lang",
        "limit", "next", "notice", "preset", "q", "queue", "reason", "rulings_before", "section",
        "show", "sort", "text", "to", "v", "verdict", "version",
    )
)  # fmt: skip


def init_app(app: Flask) -> None:
    answer: Callable[[dict[str, Any], Any], Iterable[bytes]] = app.wsgi_app

    def ask(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        query = environ["QUERY_STRING"]
        if query and len(query) <= URL_MAX:  # an endless one is refused
            environ["QUERY_STRING"] = keep_known_parameters(query)
        return answer(environ, start_response)

    app.wsgi_app = ask  # type: ignore[method-assign]


@lru_cache(maxsize=256)
def keep_known_parameters(query: str) -> str:
    """Of an encoded query, what some page asks for, as it stands."""
    return "&".join(pair for pair in query.split("&") if unquote_plus(pair.split("=")[0]) in NAMES)

"""Cookie filter: WSGI middleware that drops cookies from requests to the API and from other sites.

So its answers are the same bytes for everybody, and a cache needs to know nothing of cookies.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask

API = "/api/"
EMBED = "/embed/"


def init_app(app: Flask) -> None:
    answer: Callable[[dict[str, Any], Any], Iterable[bytes]] = app.wsgi_app

    def ask(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith((API, EMBED)):
            environ.pop("HTTP_COOKIE", None)
        return answer(environ, start_response)

    app.wsgi_app = ask  # type: ignore[method-assign]

"""CORS: any site may read the API and fragments of pages in a browser, none may write, and no
cookie is sent along.

Also for what has no view: unknown addresses, methods and errors before a view. A page of another
site could not read why it was refused.
"""

from flask import Flask, Response, request
from flask.typing import ResponseReturnValue

from board.web.request.cookie_filter import API
from board.web.request.embed_mount import is_embedded
from board.web.request.origins import is_source_request

# Headers of answers that browsers hide from other sites' pages otherwise.
EXPOSED = "ETag, Retry-After, Link, Location"
# Headers of requests that browsers ask about first.
ALLOWED = "If-None-Match, Cache-Control, Accept-Language"
METHODS = "GET, HEAD, OPTIONS"
_DAY = 86400


def init_app(app: Flask) -> None:
    app.before_request(_answer_preflight)
    app.after_request(_open)


def is_api_request() -> bool:
    """Whether a program asks, and not a source."""
    return request.path.startswith(API) and not is_source_request()


def _answer_preflight() -> ResponseReturnValue | None:
    """Without a look at the address: the request that follows says whether there is anything."""
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    if not is_api_request():
        return None
    headers = {
        "Access-Control-Allow-Methods": METHODS,
        "Access-Control-Allow-Headers": ALLOWED,
        "Access-Control-Max-Age": str(_DAY),
    }
    return Response(status=204, headers=headers)


def _open(response: Response) -> Response:
    """Nothing here depends on the user, so no credentials are needed. Tokens do not belong in pages
    of other sites, so an answer to one is not opened."""
    if (is_api_request() or is_embedded()) and "Authorization" not in request.headers:
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response

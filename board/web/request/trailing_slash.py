"""Trailing slash: /articles/harbour/ moves to /articles/harbour for good.

Links are written by hand, and copied from sites whose addresses end in a slash.
"""

from flask import Flask, current_app, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from board.web.request.origins import is_source_request


def init_app(app: Flask) -> None:
    app.before_request(_redirect)


def _redirect() -> ResponseReturnValue | None:
    is_read = request.method in ("GET", "HEAD")
    if request.endpoint or not is_read or not request.path.endswith("/"):
        return None
    try:
        endpoint, values = current_app.create_url_adapter(request).match(  # type: ignore[union-attr]
            request.path.rstrip("/"), method="GET"
        )
    except HTTPException:  # no page either
        return None
    if is_source_request() and not endpoint.startswith("tips."):
        return None
    path = current_app.url_for(endpoint, **values)
    query = request.query_string.decode("ascii", "replace")
    return redirect(f"{path}?{query}" if query else path, 301)

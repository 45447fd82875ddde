"""Static files under addresses that change with their content, so browsers may keep them."""

import hashlib
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, Response, request

FOR_GOOD = "public, max-age=31536000, immutable"
FOLDER = Path(__file__).parents[1] / "static"


def init_app(app: Flask) -> None:
    app.url_defaults(_add_version)
    app.after_request(_keep)


def _add_version(endpoint: str, values: dict[str, Any]) -> None:
    if endpoint == "static":
        values["v"] = _version(values["filename"])


@cache
def _version(path: str) -> str:
    return hashlib.sha256((FOLDER / path).read_bytes()).hexdigest()[:12]


def _keep(response: Response) -> Response:
    """An address without a version (a module that imports another) is asked for each time."""
    if request.endpoint == "static" and response.status_code in (200, 304):
        response.headers["Cache-Control"] = FOR_GOOD if "v" in request.args else "public, no-cache"
    return response

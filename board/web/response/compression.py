"""Gzips text responses: static files once, pages each time they are rendered."""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

LEVEL = 3  # twenty comments in 0.1 ms, to a sixth of the size; 5 takes 0.4 ms, saves 7 % more
BYTES_MIN = 600  # bytes
TEXT = (
    "text/", "application/json", "application/problem+json", "application/xml",
    "application/atom+xml", "image/svg+xml",
)  # fmt: skip


def init_app(app: Flask) -> None:
    app.after_request(_compress)


def _compress(response: Response) -> Response:
    if not (response.mimetype or "").startswith(TEXT):
        return response
    if "no-transform" in response.headers.get("Cache-Control", ""):
        return response  # a secret beside a stranger's text: the size would leak it (BREACH)
    vary = response.headers.get("Vary")
    response.headers["Vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
    if response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False  # static files come as a stream
    data = response.get_data()
    if len(data) < BYTES_MIN or "Content-Encoding" in response.headers:
        return response
    is_static = request.endpoint == "static"
    response.set_data(_gzip_static(data) if is_static else gzip.compress(data, LEVEL))
    response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=64)
def _gzip_static(data: bytes) -> bytes:
    return gzip.compress(data, 9)

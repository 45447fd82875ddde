"""Text travels compressed. Static files are compressed once, pages each time they are made."""

import gzip
from functools import lru_cache

from flask import Flask, Response, request

LEVEL = 3  # a page of twenty comments in 0.1 ms, to a sixth; 5 takes 0.4 ms and saves 7 % of that
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
        return response  # a secret beside a stranger's words: sizes would tell
    told = response.headers.get("Vary")
    response.headers["Vary"] = f"{told}, Accept-Encoding" if told else "Accept-Encoding"
    if response.status_code != 200 or not request.accept_encodings["gzip"]:
        return response
    response.direct_passthrough = False  # static files are handed to the server as they are
    data = response.get_data()
    if len(data) < BYTES_MIN or "Content-Encoding" in response.headers:
        return response
    response.set_data(_static(data) if request.endpoint == "static" else gzip.compress(data, LEVEL))
    response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=64)
def _static(data: bytes) -> bytes:
    return gzip.compress(data, 9)

"""Ceilings for reading: a bare WSGI application and a Flask one, each answering “Hello”."""

from collections.abc import Iterable
from typing import Any

from flask import Flask

flask = Flask(__name__)


@flask.get("/")
def hello() -> str:
    return "Hello"


def bare(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "5")])
    return [b"Hello"]

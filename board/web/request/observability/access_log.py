"""Access log: off unless BOARD_ACCESS_LOG says so; then a JSON line for each request on stdout.

It has the route, not the address that was asked for, and nothing of the visitor. Pages for sources
and tip readers are not in it.
"""

import json
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from flask import Flask

from board.db import now
from board.web.page_cache.store import NOT_COUNTED
from board.web.page_cache.validity import HIT_KEY, HITS_KEY
from board.web.request.observability.measure import RequestMetrics
from board.web.request.observability.request_id import KEY

STDOUT = 1


def init_app(app: Flask) -> None:
    if not app.config["ACCESS_LOG"]:
        return
    answer: Callable[[dict[str, Any], Any], Iterable[bytes]] = app.wsgi_app
    metrics: RequestMetrics = app.extensions["request_metrics"]

    def logged(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        start, statuses = time.perf_counter(), []

        def record_start(status: str, *rest: Any) -> Any:
            statuses.append(int(status[:3]))
            return start_response(status, *rest)

        chunks = answer(environ, record_start)
        if statuses and (line := _line(metrics, environ)):
            line |= {"status": statuses[0], "ms": round((time.perf_counter() - start) * 1000, 2)}
            with suppress(OSError):  # nobody reads it any more
                os.write(STDOUT, json.dumps(line).encode() + b"\n")
        return chunks

    app.wsgi_app = logged  # type: ignore[method-assign]


def _line(metrics: RequestMetrics, environ: dict[str, Any]) -> dict[str, Any]:
    """What was asked for; empty if it is not counted."""
    hit = environ.get(HIT_KEY)
    cell, _ = hit or environ.get(HITS_KEY, NOT_COUNTED)
    route, *_ = metrics.requests.values_of(cell)
    if not route:
        return {}
    return {
        "time": now().isoformat(timespec="milliseconds"),
        "route": route,
        "source": "cache" if hit else "app",
        "request": environ.get(KEY, ""),
    }

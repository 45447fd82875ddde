"""Metrics of requests: how many by route, status and source, and how long the app took.

Pages for sources and tip readers are not counted at all (`runtime/metrics/work.py` says why).
"""

import time
from functools import cache
from http import HTTPStatus
from typing import NamedTuple

from flask import Flask, Response, current_app, g, request

from board.runtime.metrics.families import Counter, Histogram
from board.web.page_cache.validity import HITS_KEY
from board.web.request.origins import is_about_tips

NO_ROUTE = "none"  # no such page
_STATUSES = tuple(str(status.value) for status in HTTPStatus if status >= 200)


class RequestMetrics(NamedTuple):
    requests: Counter
    seconds: Histogram


def init_app(app: Flask) -> None:
    """After all routes are there; but its step is the first of each request, and the last."""
    routes = (*app.view_functions, NO_ROUTE)
    app.extensions["request_metrics"] = metrics_for(routes)
    app.before_request_funcs.setdefault(None, []).insert(0, _start)
    app.after_request_funcs.setdefault(None, []).insert(0, _measure)


@cache
def metrics_for(routes: tuple[str, ...]) -> RequestMetrics:
    """The metrics of an app with these endpoints; made before the workers are forked."""
    return RequestMetrics(
        Counter(
            "board_requests_total", "Requests answered, by the app or from the page cache.",
            route=routes, status=_STATUSES, source=("app", "cache"), sparse=True,
        ),
        Histogram(
            "board_request_seconds", "Time the app took for a request, without that for its body.",
            route=routes, sparse=True,
        ),
    )  # fmt: skip


def _start() -> None:
    g.started = time.perf_counter()
    g.unmeasured = is_about_tips()


def _measure(response: Response) -> Response:
    if g.get("unmeasured", True):  # also if the host is not ours, so that no step was reached
        return response
    metrics: RequestMetrics = current_app.extensions["request_metrics"]
    route, status = request.endpoint or NO_ROUTE, str(response.status_code)
    metrics.requests.inc(route, status, "app")
    metrics.seconds.observe(time.perf_counter() - g.started, route)
    request.environ[HITS_KEY] = tuple(
        metrics.requests.cell(route, hit, "cache") for hit in ("200", "304")
    )
    return response

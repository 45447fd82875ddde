"""`/metrics`: all metrics of all workers, for requests with BOARD_METRICS_TOKEN.

An address is no proof: behind a proxy on this machine, every request comes from this machine.
"""

import hmac

from flask import Blueprint, Response, abort, current_app, request

from board.ops.metrics.gauges import gauges
from board.runtime.metrics.exposition import CONTENT_TYPE, exposition
from board.web.access import everyone_as_guest, open_to
from board.web.request.observability.security_events import SecurityEvent, record

bp = Blueprint("metrics", __name__)


@bp.get("/metrics")
@open_to(everyone_as_guest)
def metrics() -> Response:
    token: str = current_app.config["METRICS_TOKEN"] or abort(404)
    given = request.headers.get("Authorization", "")
    if not hmac.compare_digest(given.encode(), f"Bearer {token}".encode()):
        record(SecurityEvent.LOGIN_FAILED, "metrics_token")
        headers = {"WWW-Authenticate": "Bearer"}
        return Response("The token is missing or wrong.\n", 401, headers, mimetype="text/plain")
    headers = {"Cache-Control": "no-store"}
    return Response(exposition(gauges()), headers=headers, content_type=CONTENT_TYPE)

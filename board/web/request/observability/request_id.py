"""Request id: stands in the log, on error pages and in problem documents, so that somebody who saw
an error can name it.

Pages for sources and tip readers have none: with the log of a proxy it would tell when and from
where they were opened. Responses that caches may keep have none either: nothing is logged of them.
"""

import logging
import re
import secrets

from flask import Flask, Response, current_app, has_request_context, request
from flask.logging import default_handler

from board.web.request.origins import is_about_tips

HEADER = "X-Request-Id"
KEY = "board.request_id"
_FROM_PROXY = re.compile(r"[0-9a-f-]{16,36}")  # nginx’s $request_id, or a UUID
_FORMAT = "[%(asctime)s] %(levelname)s in %(module)s%(request)s: %(message)s"


def init_app(app: Flask) -> None:
    # The first of the list is the last to see a response, when it says who may cache it.
    app.after_request_funcs.setdefault(None, []).insert(0, _add_header)
    app.logger.addFilter(_add_to_record)
    default_handler.setFormatter(logging.Formatter(_FORMAT, defaults={"request": ""}))
    app.add_template_global(request_id)


def request_id() -> str:
    """Of this request; empty for sources and tip readers. Only a proxy that BOARD_PROXIES counts
    may choose it."""
    if is_about_tips():
        return ""
    given = request.headers.get(HEADER, "") if current_app.config["PROXIES"] else ""
    if KEY not in request.environ:
        is_good = _FROM_PROXY.fullmatch(given)
        request.environ[KEY] = given if is_good else secrets.token_hex(8)
    id: str = request.environ[KEY]
    return id


def _add_header(response: Response) -> Response:
    if "public" not in response.headers.get("Cache-Control", "") and (id := request_id()):
        response.headers[HEADER] = id
    return response


def _add_to_record(record: logging.LogRecord) -> bool:
    if has_request_context() and (id := request_id()):
        record.request = f" [{id}]"
    return True

"""Form guard: reads the form of a request that nothing before it refused, up to the view's limit,
and refuses what is not text. A view never sees a form that is not readable.
"""

from typing import Any

from flask import Flask, abort, current_app, request

from board.web.request.guard import WITHOUT_ORIGIN, refuse_unreadable_fields
from board.web.request.origins import SAFE

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
READ_BYTES = 64 * 1024  # what the form parser reads at once


def init_app(app: Flask) -> None:
    app.before_request(_refuse_unreadable_form)


def _refuse_unreadable_form() -> None:
    view: Any = current_app.view_functions.get(request.endpoint or "")
    if view is None or request.method in SAFE:  # Flask answers 404 or 405
        return
    _apply_body_limit(view)
    accepted = (*FORM_TYPES, *(["application/json"] if request.endpoint in WITHOUT_ORIGIN else []))
    if request.content_length and request.mimetype not in accepted:
        abort(415)
    encoded = request.get_data() if request.mimetype == FORM_TYPES[0] else b""
    refuse_unreadable_fields(encoded, request.form, view)


def _apply_body_limit(view: Any) -> None:
    """Raise the limit for this view, if its @open_to says so."""
    if body_max := getattr(view, "body_max", None):
        request.max_content_length = request.max_form_memory_size = body_max
    uploads = getattr(view, "uploads", None)
    if uploads and request.mimetype == FORM_TYPES[1]:  # the other type has no files
        request.max_content_length = (request.max_content_length or 0) + uploads()
        # Beside what it reads, the parser's buffer holds what may be the start of a boundary.
        request.max_form_memory_size = (request.max_form_memory_size or 0) + READ_BYTES

"""Request guard: refuses cross-site, unreadable and oversized requests before any view."""

import re
from typing import Any

from flask import Flask, abort, current_app, request
from werkzeug.datastructures import MultiDict

from board.text import is_readable
from board.web.request.origins import SAFE, expected_origin

FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
FIELDS_MAX = 50
URL_MAX = 4096  # characters
READ_BYTES = 64 * 1024  # what the form parser reads at once

_ENCODED = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")


def init_app(app: Flask) -> None:
    app.before_request(_refuse_cross_site)
    app.before_request(_refuse_unreadable)


def _refuse_cross_site() -> None:
    """CSRF by headers: an unsafe request must come from a page of our own.

    Browsers send Sec-Fetch-Site themselves, and pages cannot change it; those too old to send it,
    and programs, send Origin.
    """
    if request.method in SAFE:
        return
    site = request.headers.get("Sec-Fetch-Site")
    given = request.headers.get("Origin", "").lower()
    ours = site == "same-origin" if site else given == expected_origin()
    if not ours:
        abort(403, "foreign")


def _refuse_unreadable() -> None:
    """Refuses what is not text, not a form, or more than any form of ours sends."""
    view: Any = current_app.view_functions.get(request.endpoint or "")
    _apply_body_limit(view)
    if len(request.path) + len(request.query_string) > URL_MAX:
        abort(414)
    if not is_readable(request.path):
        abort(404)
    if request.query_string:
        _refuse_unreadable_fields(request.query_string, request.args, view)
    if request.method not in SAFE:
        if request.content_length and request.mimetype not in FORM_TYPES:
            abort(415)
        encoded = request.get_data() if request.mimetype == FORM_TYPES[0] else b""
        _refuse_unreadable_fields(encoded, request.form, view)


def _apply_body_limit(view: Any) -> None:
    """Raise the limit for this view, if its @open_to says so."""
    if body_max := getattr(view, "body_max", None):
        request.max_content_length = request.max_form_memory_size = body_max
    uploads = getattr(view, "uploads", None)
    if uploads and request.mimetype == FORM_TYPES[1]:  # the other type has no files
        request.max_content_length = (request.max_content_length or 0) + uploads()
        # Beside what it reads, the parser's buffer holds what may be the start of a boundary.
        request.max_form_memory_size = (request.max_form_memory_size or 0) + READ_BYTES


def _refuse_unreadable_fields(encoded: bytes, fields: MultiDict[str, str], view: Any) -> None:
    if not _is_utf8(encoded):
        abort(400, "unreadable")
    if len(fields) > FIELDS_MAX:
        abort(413)
    for name, values in fields.lists():
        if len(values) > 1 and name not in getattr(view, "multi_fields", ()):
            abort(400, "repeated")
        if not is_readable(f"{name}{''.join(values)}"):
            abort(400, "unreadable")


def _is_utf8(encoded: bytes) -> bool:
    """Whether percent-encoded bytes are UTF-8; Werkzeug would let others pass undecoded."""
    try:
        _ENCODED.sub(_decode, encoded).decode()
    except UnicodeDecodeError:
        return False
    return True


def _decode(run: re.Match[bytes]) -> bytes:
    return bytes.fromhex(run[0].replace(b"%", b"").decode())

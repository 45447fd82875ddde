"""Request guard: refuses cross-site requests and unreadable addresses, before any body is read."""

import re
from typing import Any

from flask import Flask, abort, current_app, request
from werkzeug.datastructures import MultiDict

from board.text import is_readable
from board.web.request.origins import SAFE, expected_origin

FIELDS_MAX = 50
URL_MAX = 4096  # characters

# Doors without our own Origin: views that take what other sites and programs send, without cookies,
# and the proof that each asks for. And GETs that write, which a link can make anybody send. There
# are no others: tests/web/test_doors.py.
WITHOUT_ORIGIN = {
    "letters.stop": "the signed link of an email, pressed in a mail program (RFC 8058)",
    "identity_providers.kakao_unlinked": "the admin key of the newsroom’s app at Kakao",
    "identity_providers.apple_notification": "a message that Apple signs",
    **dict.fromkeys(
        (
            "api_writing.post",
            "api_writing.edit",
            "api_writing.delete",
            "api_writing.react",
            "api_writing.unreact",
            "api_writing.report",
        ),
        "a token in the header Authorization, which no browser sends by itself",
    ),
}
WRITING_GETS = {
    "identity_providers.back": "a state that this browser was sent to a provider with, good once",
    "tip_desk.tip": "a session of a tip reader who has unlocked: opening a tip is logged",
    "tips.wait": "the secret place of a source’s form, which is sent once its turn has come",
}

_ENCODED = re.compile(rb"(?:%[0-9A-Fa-f]{2})+")


def init_app(app: Flask) -> None:
    app.before_request(_refuse_cross_site)
    app.before_request(_refuse_unreadable_address)


def is_cross_site() -> bool:
    """CSRF by headers: an unsafe request must come from a page of our own.

    Browsers send Sec-Fetch-Site themselves, and pages cannot change it; those too old to send it,
    and programs, send Origin.
    """
    site = request.headers.get("Sec-Fetch-Site")
    given = request.headers.get("Origin", "").lower()
    ours = site == "same-origin" if site else given == expected_origin()
    return request.method not in SAFE and not ours and request.endpoint not in WITHOUT_ORIGIN


def _refuse_cross_site() -> None:
    if is_cross_site():
        abort(403, "foreign")


def _refuse_unreadable_address() -> None:
    view: Any = current_app.view_functions.get(request.endpoint or "")
    if len(request.path) + len(request.query_string) > URL_MAX:
        abort(414)
    if not is_readable(request.path):
        abort(404)
    if request.query_string:
        refuse_unreadable_fields(request.query_string, request.args, view)


def refuse_unreadable_fields(encoded: bytes, fields: MultiDict[str, str], view: Any) -> None:
    """Refuse what is not UTF-8, too many fields, and repeated ones that the view does not expect.
    `encoded` are the fields as they were sent, unless in parts."""
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

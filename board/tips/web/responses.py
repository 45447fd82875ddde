"""What all pages of tips share: who may keep them, how large they look, and how files come down."""

import re
from typing import Any

from flask import Response, abort, render_template

from board.tips.crypto import key_files
from board.tips.crypto.file_cipher import open_file
from board.tips.sealed.sealed_tip import DecryptableTip
from board.web.forms import ROW_ID

FORM_BYTES = 256 * 1024  # a Hangul letter takes nine in a posted form
SIZES = 64 * 1024  # bytes; whoever watches the line sees a multiple of this
STRICT = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
OPAQUE = (
    "default-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'; sandbox"
)


def render_page(template: str, *, status: int = 200, **values: Any) -> Response:
    return Response(render_template(template, **values), status, mimetype="text/html")


def no_store(response: Response) -> Response:
    """Kept by nobody, and never compressed (see board/web/response/compression.py)."""
    response.headers["Cache-Control"] = "private, no-store, no-transform"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def harden_source_response(response: Response) -> Response:
    """A source's page besides runs no script, and is as large as many others."""
    if response.headers.get("Content-Security-Policy") != OPAQUE:
        response.headers["Content-Security-Policy"] = STRICT
    if response.mimetype == "text/html" and not response.is_streamed:
        _pad(response)
    return no_store(response)


def download(opened: DecryptableTip, number: str) -> Response:
    """An attachment, opaque: saved and never shown by a browser."""
    content = opened.attachment(int(number)) if re.fullmatch(ROW_ID, number) else None
    if content is None or content.file is None:
        abort(404)
    size, path = content.data["size"], key_files.folder("files") / content.file
    response = Response(
        open_file(path, content.file_key, size), mimetype="application/octet-stream"
    )
    response.headers.set("Content-Disposition", "attachment", filename=content.data["name"])
    response.headers["Content-Security-Policy"] = OPAQUE
    response.content_length = size
    return response


def _pad(response: Response) -> None:
    data = response.get_data()
    blank = -(len(data) + len(b"<!---->")) % SIZES
    response.set_data(data + b"<!--" + b" " * blank + b"-->")

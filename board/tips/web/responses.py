"""Headers, padding and downloads shared by all pages of tips."""

import re
from typing import Any

from flask import Response, abort, render_template

from board.tips.crypto import key_files
from board.tips.crypto.file_cipher import open_file
from board.tips.sealed.sealed_tip import DecryptableTip
from board.web.forms import ROW_ID

FORM_BYTES = 256 * 1024  # a Hangul syllable takes nine bytes in a posted form
SIZE_STEP = 64 * 1024  # bytes; an eavesdropper sees a multiple of this
STRICT_CSP = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
SANDBOX_CSP = (
    "default-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'; sandbox"
)


def render_page(template: str, *, status: int = 200, **values: Any) -> Response:
    return Response(render_template(template, **values), status, mimetype="text/html")


def no_store(response: Response) -> Response:
    """Forbid caching, and compression (see board/web/response/compression.py)."""
    response.headers["Cache-Control"] = "private, no-store, no-transform"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def harden_source_response(response: Response) -> Response:
    """Forbid caching and scripts, and pad the page to a common size."""
    if response.headers.get("Content-Security-Policy") != SANDBOX_CSP:
        response.headers["Content-Security-Policy"] = STRICT_CSP
    if response.mimetype == "text/html" and not response.is_streamed:
        _pad(response)
    return no_store(response)


def download(opened: DecryptableTip, number: str) -> Response:
    """An attachment as a download no browser displays."""
    content = opened.attachment(int(number)) if re.fullmatch(ROW_ID, number) else None
    if content is None or content.file is None:
        abort(404)
    size, path = content.data["size"], key_files.folder("files") / content.file
    response = Response(
        open_file(path, content.file_key, size), mimetype="application/octet-stream"
    )
    response.headers.set("Content-Disposition", "attachment", filename=content.data["name"])
    response.headers["Content-Security-Policy"] = SANDBOX_CSP
    response.content_length = size
    return response


def _pad(response: Response) -> None:
    data = response.get_data()
    padding = -(len(data) + len(b"<!---->")) % SIZE_STEP
    response.set_data(data + b"<!--" + b" " * padding + b"-->")

"""Headers, padding and downloads shared by all pages of tips."""

from typing import Any

from flask import Response, render_template

from board.tips.crypto.primitives import SIZE_STEP

FORM_BYTES = 4 * 1024**2  # much more than a form takes, so that a text far too long comes back
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


def _pad(response: Response) -> None:
    data = response.get_data()
    padding = -(len(data) + len(b"<!---->")) % SIZE_STEP
    response.set_data(data + b"<!--" + b" " * padding + b"-->")

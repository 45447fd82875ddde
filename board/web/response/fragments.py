"""Fragments: pages without their frame, for pages of other sites. Their links lead to the board,
redirects to another fragment.

Nothing is sent to the board from there without a script: a form leads to the page that asks.
"""

import re

from flask import Flask, Response

from board.web.request.embed_mount import PREFIX, is_embedded
from board.web.request.origins import expected_origin

# Attributes with an address. Text and values cannot look like one: quotes are escaped in them.
_PATH = re.compile(rb' (href|action|data-[a-z-]*url)="/(?!/)')


def init_app(app: Flask) -> None:
    app.after_request(_make_absolute)


def _make_absolute(response: Response) -> Response:
    if not is_embedded():
        return response
    if response.location:
        response.location = PREFIX + response.location
    if response.mimetype == "text/html":
        replacement = rb' \1="' + expected_origin().encode() + b"/"
        html = _PATH.sub(replacement, response.get_data())
        response.set_data(html.replace(b'<form method="post"', b"<form"))
    return response

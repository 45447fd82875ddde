"""Downloads of attachments that no browser displays."""

import re

from flask import Response, abort

from board.tips.crypto import key_files
from board.tips.crypto.file_cipher import open_file
from board.tips.sealed.sealed_tip import DecryptableTip
from board.tips.web.responses import SANDBOX_CSP
from board.web.forms import ROW_ID


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

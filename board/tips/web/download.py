"""Downloads of attachments that no browser displays, and whose size on the network is a common one.

The padding is in a comment of the gzip encoding, which a browser removes: the file that is saved is
the file that was sent.
"""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator

from flask import Response, abort, request

from board.tips.crypto import key_files
from board.tips.crypto.file_cipher import CHUNK, open_file
from board.tips.crypto.primitives import common_size
from board.tips.sealed.sealed_tip import DecryptableTip
from board.tips.web.responses import SANDBOX_CSP
from board.web.forms import ROW_ID

# RFC 1952: a header that announces a comment, no time, and no operating system.
_HEADER = b"\x1f\x8b\x08\x10\0\0\0\0\0\xff"
_TRAILER = struct.Struct("<II")  # checksum and size
_BLOCK = struct.Struct("<?HH")  # RFC 1951, stored: whether it is the last, length, complement
_HALF = CHUNK // 2  # bytes in a block: a whole chunk is one too long
_LAST_BLOCK = _BLOCK.pack(True, 0, 0xFFFF)


def download(opened: DecryptableTip, number: str) -> Response:
    """An attachment as a download no browser displays."""
    content = opened.attachment(int(number)) if re.fullmatch(ROW_ID, number) else None
    if content is None or content.file is None:
        abort(404)
    size, path = content.data["size"], key_files.folder("files") / content.file
    response = _response(open_file(path, content.file_key, size), size)
    response.headers.set("Content-Disposition", "attachment", filename=content.data["name"])
    response.headers["Content-Security-Policy"] = SANDBOX_CSP
    return response


def _response(chunks: Iterable[bytes], size: int) -> Response:
    """Padded, if the client takes gzip, as all browsers do."""
    takes_gzip = bool(request.accept_encodings.quality("gzip"))
    body = padded(chunks, size) if takes_gzip else chunks
    response = Response(body, mimetype="application/octet-stream")
    response.content_length = padded_length(size) if takes_gzip else size
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    return response


def padded(chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
    """The `size` bytes of `chunks` as a gzip stream of `padded_length(size)` bytes, stored."""
    checksum = 0
    yield _HEADER + b" " * (padded_length(size) - _least_length(size)) + b"\0"
    for chunk in chunks:
        checksum = zlib.crc32(chunk, checksum)
        for half in filter(None, (chunk[:_HALF], chunk[_HALF:])):
            yield _BLOCK.pack(False, len(half), len(half) ^ 0xFFFF) + half
    yield _LAST_BLOCK + _TRAILER.pack(checksum, size & 0xFFFFFFFF)


def padded_length(size: int) -> int:
    """How many bytes a download of a file of `size` bytes has."""
    return common_size(_least_length(size))


def _least_length(size: int) -> int:
    """Header with an empty comment, blocks and trailer."""
    blocks = -(-size // _HALF) * _BLOCK.size
    return len(_HEADER) + 1 + size + blocks + len(_LAST_BLOCK) + _TRAILER.size

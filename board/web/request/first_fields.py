"""The fields of a form that was refused before it was read, so that it costs nobody their words."""

from collections.abc import Iterator
from typing import IO, Any
from urllib.parse import parse_qsl

from flask import request
from werkzeug.datastructures import MultiDict
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from board.web.request.body import RequestBody

_BYTES_MAX = 4 * 1024**2
_CHUNK = 64 * 1024


def first_fields() -> MultiDict[str, str]:
    """The fields that stand before the first file, of a body nothing of which was read yet, or of
    one that did not come as a whole.

    No more than the first 4 MiB are read, and no file.
    """
    stream: IO[bytes] = request.environ["wsgi.input"]
    if isinstance(stream, RequestBody):
        stream = stream.beginning(_BYTES_MAX)
    boundary = request.mimetype_params.get("boundary", "")
    if boundary:
        return MultiDict(_multipart_fields(stream, boundary))
    body = stream.read(min(request.content_length or 0, _BYTES_MAX))
    pairs = parse_qsl(body.decode(errors="replace"), keep_blank_values=True)
    return MultiDict(pairs)


def _multipart_fields(stream: IO[bytes], boundary: str) -> Iterator[tuple[str, str]]:
    decoder = MultipartDecoder(boundary.encode())
    name, value, left = "", b"", request.content_length or 0
    for event in _events(decoder, stream, min(left, _BYTES_MAX)):
        if isinstance(event, File):
            return
        if isinstance(event, Field):
            name, value = event.name, b""
        elif isinstance(event, Data):
            value += event.data
            if not event.more_data:
                yield name, value.decode(errors="replace")
                name, value = "", b""
    if name:  # cut off
        yield name, value.decode(errors="replace")


def _events(decoder: MultipartDecoder, stream: IO[bytes], left: int) -> Iterator[Any]:
    """What the parser finds in the first `left` bytes; what is not a form ends it."""
    try:
        while True:
            event = decoder.next_event()
            if isinstance(event, Epilogue):
                return
            if not isinstance(event, NeedData):
                yield event
                continue
            chunk = stream.read(min(_CHUNK, left))
            if not chunk:
                return
            left -= len(chunk)
            decoder.receive_data(chunk)
    except ValueError:
        return

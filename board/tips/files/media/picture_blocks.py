"""Blocks of a picture that are neither pixels nor metadata that is read elsewhere."""

import re
import zlib
from collections.abc import Callable, Iterator
from contextlib import suppress

from ..results import DETAIL_MAX
from .image_end import box_end, colours, segments

_ALL = 0xFFFF
# What is read elsewhere: marker → how it begins, and up to where it has a meaning.
_JPEG_READ = {
    0xE0: ((b"JFIF\0", 14),),
    0xE1: ((b"Exif\0\0", _ALL), (b"http://ns.adobe.com/xap/1.0/\0", _ALL)),
    0xE2: ((b"ICC_PROFILE\0", _ALL),),
    0xEE: ((b"Adobe", 12),),
}
_COMMENT = 0xFE
_PNG_READ = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"hIST", b"iCCP", b"eXIf", b"fdAT"),
}
_PNG_TEXTS = {b"tEXt": 1, b"zTXt": 1, b"iTXt": 4}  # fields before the text
_PNG_XMP = b"XML:com.adobe.xmp\0"
_TEXT_MAX = 1024 * 1024  # bytes of a compressed text
_RAW_PROFILE = re.compile(rb"\n\w+\n\s*\d+\n([0-9a-fA-F\s]+)")  # as ImageMagick writes them
_WEBP_READ = {b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ALPH", b"ICCP", b"EXIF", b"XMP "}
_EXTENSION, _IMAGE, _CONTROL = 0x21, 0x2C, 0xF9
_CONTROL_SIZE = 4
_BMP_HEADER = 54
_BOXES_READ = {b"ftyp", b"meta", b"mdat", b"moov"}


def _jpeg(data: bytes) -> Iterator[bytes]:
    for marker, start, end in segments(data):
        body = data[start + 4 : end]
        if marker == _COMMENT:
            yield body
        elif 0xE0 <= marker <= 0xEF:
            known = (size for begin, size in _JPEG_READ.get(marker, ()) if body.startswith(begin))
            yield body[next(known, 0) :]


def _png(data: bytes) -> Iterator[bytes]:
    at = 8
    while at + 12 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        body = data[at + 8 : at + 8 + size]
        if kind not in _PNG_READ and not body.startswith(_PNG_XMP):
            yield from _unpacked(kind, body)
        at += 12 + size
        if kind == b"IEND":
            return


def _unpacked(kind: bytes, body: bytes) -> Iterator[bytes]:
    """A chunk of a PNG; the start of a text without compression, and the bytes that it writes as
    digits.
    """
    if kind not in _PNG_TEXTS:
        yield kind + body
        return
    *names, text = body.split(b"\0", _PNG_TEXTS[kind])
    with suppress(zlib.error):
        text = zlib.decompressobj().decompress(text.lstrip(b"\0"), _TEXT_MAX)
    profiles = [bytes.fromhex(digits.decode()) for digits in _RAW_PROFILE.findall(text)]
    yield from profiles or [*names, text[: DETAIL_MAX - len(names[0]) - 2]]


def _webp(data: bytes) -> Iterator[bytes]:
    at = 12
    while at + 8 <= len(data):
        size, kind = int.from_bytes(data[at + 4 : at + 8], "little"), data[at : at + 4]
        if kind == b"ANMF":
            at += 8 + 16  # the chunks of a frame follow
            continue
        if kind not in _WEBP_READ:
            yield data[at : at + 8 + size]
        at += 8 + size + size % 2


def _gif(data: bytes) -> Iterator[bytes]:
    """Comments, plain text and applications, but those that only say how often to repeat."""
    at = 13 + colours(data[10])
    while data[at] in (_EXTENSION, _IMAGE):
        label = data[at + 1] if data[at] == _EXTENSION else _IMAGE
        at += 2 if data[at] == _EXTENSION else 10 + colours(data[at + 9]) + 1
        body = b""
        while data[at]:
            is_known = label == _IMAGE or (label == _CONTROL and data[at] <= _CONTROL_SIZE)
            body += b"" if is_known else data[at + 1 : at + 1 + data[at]]
            at += data[at] + 1
        at += 1
        if body and not (body.startswith((b"NETSCAPE2.0", b"ANIMEXTS1.0")) and len(body) < 20):
            yield body


def _bmp(data: bytes) -> Iterator[bytes]:
    """Between the header and the pixels."""
    yield data[_BMP_HEADER : int.from_bytes(data[10:14], "little")]


def _boxes(data: bytes) -> Iterator[bytes]:
    at, end = 0, box_end(data)
    while at + 8 <= end:
        size = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] not in _BOXES_READ:
            yield data[at + 8 : at + size]
        at += size if size >= 8 else len(data)


_READERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "JPEG": _jpeg,
    "MPO": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "GIF": _gif,
    "BMP": _bmp,
    "HEIF": _boxes,
    "AVIF": _boxes,
}


def unread(data: bytes, format_: str) -> Iterator[bytes]:
    """`format_`: Pillow's name of the format. Damaged blocks end it."""
    try:
        if format_ in _READERS:
            yield from _READERS[format_](data)
    except (IndexError, ValueError):
        return

"""Blocks of a picture that are neither pixels nor metadata that is read elsewhere."""

from collections.abc import Callable, Iterator

from .image_end import colours, segments

_JPEG_READ = (
    b"JFIF",
    b"Exif",
    b"ICC_PROFILE",
    b"Adobe",
    b"Photoshop 3.0",
    b"http://ns.adobe.com/xap",
)
_PNG_READ = {
    *(b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYs"),
    *(b"bKGD", b"sBIT", b"hIST", b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"acTL", b"fcTL"),
    *(b"fdAT", b"cICP"),
}
_WEBP_READ = {b"VP8 ", b"VP8L", b"VP8X", b"ANIM", b"ALPH", b"ICCP", b"EXIF", b"XMP "}
_EXTENSION, _IMAGE, _CONTROL = 0x21, 0x2C, 0xF9


def _jpeg(data: bytes) -> Iterator[bytes]:
    for marker, start, end in segments(data):
        body = data[start + 4 : end]
        if 0xE0 <= marker <= 0xEF and not body.startswith(_JPEG_READ):
            yield body


def _png(data: bytes) -> Iterator[bytes]:
    at = 8
    while at + 12 <= len(data):
        size, kind = int.from_bytes(data[at : at + 4], "big"), data[at + 4 : at + 8]
        if kind not in _PNG_READ:
            yield data[at + 4 : at + 8 + size]
        at += 12 + size
        if kind == b"IEND":
            return


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
        label = data[at + 1] if data[at] == _EXTENSION else _CONTROL
        at += 2 if data[at] == _EXTENSION else 10 + colours(data[at + 9]) + 1
        body = b""
        while data[at]:
            body += data[at + 1 : at + 1 + data[at]] if label != _CONTROL else b""
            at += data[at] + 1
        at += 1
        if body and not (body.startswith((b"NETSCAPE2.0", b"ANIMEXTS1.0")) and len(body) < 20):
            yield body


_READERS: dict[str, Callable[[bytes], Iterator[bytes]]] = {
    "JPEG": _jpeg,
    "MPO": _jpeg,
    "PNG": _png,
    "WEBP": _webp,
    "GIF": _gif,
}


def unread(data: bytes, format_: str) -> Iterator[bytes]:
    """`format_`: Pillow's name of the format. Damaged blocks end it."""
    try:
        if format_ in _READERS:
            yield from _READERS[format_](data)
    except (IndexError, ValueError):
        return

"""Finds the end of a picture by its format. Anything after it does not belong to the picture."""

import re
from collections.abc import Callable

_MARKER = re.compile(rb"\xff[\xc0-\xcf\xd8-\xfe]")
_SOS, _EOI = 0xDA, 0xD9
_NO_LENGTH = {0x01, *range(0xD0, 0xD9)}
_KEPT = {_EOI, 0xEE, *range(0xC0, 0xD0), 0xDA, 0xDB, 0xDD}  # Adobe, and segments for decoding


def segments(data: bytes) -> list[tuple[int, int, int]]:
    """The segments of a JPEG up to its end: marker, start, end (bytes; pixels belong to their
    scan).

    Raises ValueError if there is no end.
    """
    at = 2
    result: list[tuple[int, int, int]] = []
    while True:
        match = _MARKER.search(data, at)
        if not match:
            raise ValueError("a JPEG without an end")
        marker, start = match[0][1], match.start()
        if marker == _EOI:
            return [*result, (marker, start, start + 2)]
        length = 0 if marker in _NO_LENGTH else int.from_bytes(data[start + 2 : start + 4], "big")
        at = start + 2 + length
        if marker == _SOS:
            # Pixels up to the next marker; restart markers (D0 to D7) are among them.
            next_ = _MARKER.search(data, at)
            at = next_.start() if next_ else len(data)
        result.append((marker, start, at))


def strip_jpeg(data: bytes) -> bytes:
    """The same JPEG, not decoded, with only the segments needed to show it. Raises ValueError."""
    kept = [data[start:end] for marker, start, end in segments(data) if marker in _KEPT]
    return data[:2] + b"".join(kept)


def _jpeg(data: bytes) -> int:
    try:
        return segments(data)[-1][2]
    except ValueError:
        return len(data)


def _png(data: bytes) -> int:
    at = 8
    while at + 12 <= len(data):
        kind = data[at + 4 : at + 8]
        at += 12 + int.from_bytes(data[at : at + 4], "big")
        if kind == b"IEND":
            return at
    return len(data)


def _gif(data: bytes) -> int:
    at = 13 + colours(data[10])
    while at < len(data) and data[at] != 0x3B:
        at += 10 + colours(data[at + 9]) + 1 if data[at] == 0x2C else 2
        while data[at]:
            at += data[at] + 1
        at += 1
    return at + 1


def colours(flags: int) -> int:
    """Size of a colour table in bytes."""
    return 3 * 2 ** ((flags & 7) + 1) if flags & 0x80 else 0


def _riff(data: bytes) -> int:
    size = int.from_bytes(data[4:8], "little")
    return 8 + size + size % 2


def box_end(data: bytes) -> int:
    """Up to the first bytes that are not a box of ISO 14496-12."""
    at = 0
    while at + 8 <= len(data) and re.fullmatch(rb"[a-z]{4}", data[at + 4 : at + 8]):
        size = int.from_bytes(data[at : at + 4], "big")
        if data[at + 4 : at + 8] == b"mpvd" or (at and data[at + 4 : at + 8] == b"ftyp"):
            break  # a video after the picture
        at += size if size >= 8 else len(data)
    return at


def _bmp(data: bytes) -> int:
    return int.from_bytes(data[2:6], "little") or len(data)


_ENDS: dict[str, Callable[[bytes], int]] = {
    "JPEG": _jpeg,
    "MPO": _jpeg,
    "PNG": _png,
    "GIF": _gif,
    "WEBP": _riff,
    "HEIF": box_end,
    "AVIF": box_end,
    "BMP": _bmp,
}


def end_of(data: bytes, format_: str) -> int:
    """Offset of the first byte after the picture. `format_`: Pillow's name of the format."""
    try:
        return _ENDS.get(format_, len)(data)
    except IndexError:
        return len(data)

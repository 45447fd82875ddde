"""Bytes of a text file as text."""

import re

_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\0\0", "utf-32"),
    (b"\0\0\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_CONTROLS = re.compile("[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(data: bytes) -> str:
    """The text, without byte order marks. Raises UnicodeDecodeError if these bytes are no text in
    an encoding used in Korea.
    """
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if data.startswith(mark)), None)
    candidates = [marked] if marked else [*_unmarked_utf16(data), "utf-8", "cp949"]
    for encoding in candidates:
        try:
            text = data.decode(encoding).lstrip("\ufeff")
        except UnicodeDecodeError as error:
            refusal = error
            continue
        if not _CONTROLS.search(text):
            return text
        refusal = UnicodeDecodeError(encoding, data[:1], 0, 1, "control characters")
    raise refusal


def decode_name(raw: bytes) -> str:
    """A name or note that does not say its encoding: what macOS and Windows write in Korea."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp949", "replace")


def _unmarked_utf16(data: bytes) -> list[str]:
    """The byte order of UTF-16 without a mark: every second byte of ASCII in it is zero."""
    start = data[:64]
    if len(data) % 2 or len(start) < 4:
        return []
    orders = (("utf-16-le", start[1::2]), ("utf-16-be", start[::2]))
    return [name for name, high in orders if high.count(0) > len(high) // 2]

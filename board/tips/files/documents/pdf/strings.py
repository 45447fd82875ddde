"""The text of PDF strings, whose bytes may be keys or colours instead. ISO 32000-2, 7.9.2."""

import re

from pikepdf import String

_CONTROLS = re.compile(r"[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffd]")
_MARKS = (b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf")
_STRANGE_MAX = 1 / 4  # of the letters of a Western text are not of ASCII


def text_of(value: String) -> str:
    """The text, also in the old encoding of Korea; empty if the bytes are none."""
    data, text = bytes(value), str(value)
    if not data.isascii() and not data.startswith(_MARKS):
        text = _korean(data) or _western(text)
    return text if is_text(text) else ""


def is_text(text: str) -> bool:
    return not _CONTROLS.search(text)


def _korean(data: bytes) -> str:
    """The text if it is Korean without a mark of its encoding, as old programs write it."""
    for encoding in ("utf-8", "cp949"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if all(letter.isascii() or "가" <= letter <= "힣" for letter in text):
            return text
    return ""


def _western(text: str) -> str:
    strange = sum(not letter.isascii() for letter in text)
    return text if strange <= len(text) * _STRANGE_MAX else ""

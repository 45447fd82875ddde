"""Text from strangers, made harmless to look at and to publish."""

import re
import unicodedata

from board.text import normalize

_SCHEME = re.compile(r"\b(h)tt(ps?://)", re.IGNORECASE)
_HOST = re.compile(r"(?<=[\w-])\.(?=[a-z]{2,}\b)", re.IGNORECASE)
_NOTICED = ("Cf", "Co", "Cn", "Cc")
# Blank although Unicode calls them letters or symbols: Hangul fillers, an empty Braille cell.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800"


def defang(text: str) -> str:
    """Links nobody opens by accident: hxxps://example[.]com."""
    return _HOST.sub("[.]", _SCHEME.sub(r"\1xx\2", text))


def plain(text: str) -> str:
    """Without what cannot be seen: hidden marks in a leaked text can tell who leaked it."""
    return normalize(text)


def hidden(text: str) -> int:
    """How many characters cannot be seen."""
    return sum(_is_hidden(c) for c in text)


def marked(text: str) -> str:
    """With a visible mark in the place of each character that cannot be seen."""
    return "".join(f"⟦U+{ord(c):04X}⟧" if _is_hidden(c) else c for c in text)


def _is_hidden(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _BLANK or unicodedata.category(character) in _NOTICED

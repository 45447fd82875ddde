"""Text from strangers, made safe to look at and to publish."""

import re
import unicodedata

from board.text import normalize

_SCHEME = re.compile(r"\b(h)tt(ps?://)", re.IGNORECASE)
_HOST = re.compile(r"(?<=[\w-])\.(?=[a-z]{2,}\b)", re.IGNORECASE)
_INVISIBLE_CATEGORIES = ("Cf", "Co", "Cn", "Cc")
# Blank, although Unicode calls them letters or symbols: Hangul fillers, the empty Braille cell.
_BLANK = "\u115f\u1160\u3164\uffa0\u2800"


def defang(text: str) -> str:
    """Links nobody opens by accident: hxxps://example[.]com."""
    return _HOST.sub("[.]", _SCHEME.sub(r"\1xx\2", text))


def without_invisible(text: str) -> str:
    """Remove invisible characters: hidden marks in a leaked text can tell who leaked it."""
    return normalize(text)


def count_invisible(text: str) -> int:
    """The number of invisible characters."""
    return sum(_is_invisible(c) for c in text)


def mark_invisible(text: str) -> str:
    """Replace each invisible character by a visible mark."""
    return "".join(f"⟦U+{ord(c):04X}⟧" if _is_invisible(c) else c for c in text)


def _is_invisible(character: str) -> bool:
    if character in "\n\t":
        return False
    return character in _BLANK or unicodedata.category(character) in _INVISIBLE_CATEGORIES

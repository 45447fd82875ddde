"""Text folded for searching: composed letters, half width, nothing invisible."""

import re
import unicodedata
from collections.abc import Sequence

INVISIBLE = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u3164\ufeff\uffa0"
    "\U000e0000-\U000e007f]|(?<=[가-힣A-Za-z0-9 ])[\u200c\u200d]"
)
_FULL_WIDTH = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | {0x3000: " "}
_WIDE = re.compile("[\uff01-\uff5e\u3000]")
# A letter with what is composed with it: accents, vowels and final consonants of Hangul. Not with
# any number of them, as NFC takes quadratic time.
_LETTER = re.compile(
    "[^\u0300-\u036f\u1160-\u11ff\u3099\u309a][\u0300-\u036f\u1160-\u11ff\u3099\u309a]{,30}|.", re.S
)


def fold(text: str) -> tuple[str, Sequence[int]]:
    """The folded text, and for each of its characters, and its end, the position in `text`."""
    hidden = {match.start() for match in INVISIBLE.finditer(text)}
    if not hidden and not _WIDE.search(text) and unicodedata.is_normalized("NFC", text):
        return text, range(len(text) + 1)
    letters: list[str] = []
    positions: list[int] = []
    for match in _LETTER.finditer(text):
        if match.start() not in hidden:
            bare = INVISIBLE.sub("", match[0])
            letter = unicodedata.normalize("NFC", bare).translate(_FULL_WIDTH)
            letters.append(letter)
            positions += [match.start()] * len(letter)
    return "".join(letters), [*positions, len(text)]


def visible(text: str) -> str:
    """The text without invisible characters, in composed letters."""
    return unicodedata.normalize("NFC", INVISIBLE.sub("", text))

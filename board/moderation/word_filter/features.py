"""Text features: link hosts, repetition, and a fingerprint for near-duplicates.

Each is a fact about the text, not a verdict: the caller decides how many links are too many.
"""

from operator import eq
from typing import NamedTuple
from zlib import crc32

import regex

from board.moderation.word_filter.normalization import normalize
from board.moderation.word_filter.visible_text import visible_text

# No path or scheme is required: t.me/name and hosts without http are links to a reader.
_ENDINGS = (
    "com|net|org|info|biz|kr|jp|cn|io|me|gg|tv|ly|gl|to|cc|co|be|xyz|shop|top|site|online|"
    "store|club|vip|win|bet|live|app|dev|page|link|한국"
)
_LINK = regex.compile(
    rf"(?<![\w@.-])((?:[a-z0-9가-힣-]{{1,63}}\.){{1,8}}(?:{_ENDINGS}))(?![\w-])(?!\.\w)"
)
_EVERY_SCHEME = regex.compile(r"https?://([^\s/?#:]{1,253})")

_UNIT_MAX, _TIMES_MIN, _SHARE_MIN = 12, 8, 0.5
_READ_MAX = 2_000  # characters read; a flood repeats from the start
# How Koreans laugh, cry and trail off, at any length.
_MOODS = frozenset("ㅋㅎㅠㅜㅡㄷㅇ하호히헤흐크엉흑짝.!?~…^-=;,ㆍ·ᆢ♡♥👍👏❤🤣😂😭")
_REPEATED = regex.compile(rf"(\S.{{0,{_UNIT_MAX - 1}}}?)\1{{{_TIMES_MIN - 1},}}", regex.S)

_GRAM = 5  # letters: about two syllables
_SLOTS = 16
_LETTERS_MIN = 20  # below it, all short greetings look alike
_NEAR = 10  # slots
_MIX = 0x9E3779B97F4A7C15


class Repetition(NamedTuple):
    """`unit` is repeated `times` times in a row and fills most of the text."""

    unit: str
    times: int


def hosts(text: str) -> list[str]:
    """The host of each link, in the order of the text, lower case; repeated if linked twice."""
    lowered = visible_text(text).lowered
    by_start = {match.start(1): match[1] for match in _LINK.finditer(lowered)}
    by_start |= {match.start(1): match[1] for match in _EVERY_SCHEME.finditer(lowered)}
    return [host for _, host in sorted(by_start.items())]


def repetition(text: str) -> Repetition | None:
    """The repetition that fills most of a text, or None. ㅋㅋㅋㅋ and ㅠㅠㅠㅠ do not count."""
    visible = visible_text(text).text[:_READ_MAX]
    runs = [run for run in _REPEATED.finditer(visible) if not _MOODS.issuperset(run[1].strip())]
    longest = max(runs, key=lambda run: len(run[0]), default=None)
    if longest is None or len(longest[0]) < _SHARE_MIN * len(visible):
        return None
    return Repetition(longest[1].strip(), len(longest[0]) // len(longest[1]))


def fingerprint(text: str) -> bytes:
    """64 bytes, similar for similar texts; empty for a text below 20 letters.

    Spaces, punctuation, digits, emoji and disguises do not change it. It is a MinHash with one
    permutation: each of 16 slots holds the least of the hashed letter grams that fall into it.
    """
    letters = normalize(text).text
    if len(letters) < _LETTERS_MIN:
        return b""
    least: dict[int, int] = {}
    for at in range(len(letters) - _GRAM + 1):
        # CRC alone is linear: its least values would lie close together.
        mixed = crc32(letters[at : at + _GRAM].encode()) * _MIX & 0xFFFFFFFFFFFFFFFF
        slot, value = mixed >> 60, mixed >> 24 & 0xFFFFFFFF
        if value <= least.get(slot, value):
            least[slot] = value
    return b"".join(_filled(least, slot).to_bytes(4) for slot in range(_SLOTS))


def _filled(least: dict[int, int], slot: int) -> int:
    """An empty slot takes the value of the next, as in every text with the same grams."""
    while slot not in least:
        slot = (slot + 1) % _SLOTS
    return least[slot]


def bucket_keys(mark: bytes) -> list[int]:
    """The keys near texts are looked up by: two that share 3 of 4 grams nearly always share a key.

    Eight integers below 2⁶³, each made of two slots and its own number.
    """
    return [int.from_bytes(mark[at : at + 8]) >> 4 | at << 57 for at in range(0, len(mark), 8)]


def is_near(one: bytes, other: bytes) -> bool:
    """True for fingerprints of texts that a reader would call the same with changes."""
    slots = memoryview(one).cast("I"), memoryview(other).cast("I")
    return sum(map(eq, *slots)) >= _NEAR

"""What else a text gives away: where it links, what it repeats, which text it resembles.

Each is a fact about the text and no verdict: how many links are too many, and for whom, is for the
one who asks.
"""

from operator import eq
from typing import NamedTuple
from zlib import crc32

import regex

from board.moderation.word_filter.normalization import normalize
from board.moderation.word_filter.visible_text import visible_text

# A path is not asked for: t.me/name, and hosts written without http, are links to a reader.
_ENDINGS = (
    "com|net|org|info|biz|kr|jp|cn|io|me|gg|tv|ly|gl|to|cc|co|be|xyz|shop|top|site|online|"
    "store|club|vip|win|bet|live|app|dev|page|link|한국"
)
_LINK = regex.compile(
    rf"(?<![\w@.-])((?:[a-z0-9가-힣-]{{1,63}}\.){{1,8}}(?:{_ENDINGS}))(?![\w-])(?!\.\w)"
)
_EVERY_SCHEME = regex.compile(r"https?://([^\s/?#:]{1,253})")

_UNIT_MAX, _TIMES_MIN, _SHARE_MIN = 12, 8, 0.5
_READ_MAX = 2_000  # characters; who repeats does so at once
# How Koreans laugh, cry and trail off, at any length.
_MOODS = frozenset("ㅋㅎㅠㅜㅡㄷㅇ하호히헤흐크엉흑짝.!?~…^-=;,ㆍ·ᆢ♡♥👍👏❤🤣😂😭")
_REPEATED = regex.compile(rf"(\S.{{0,{_UNIT_MAX - 1}}}?)\1{{{_TIMES_MIN - 1},}}", regex.S)

_GRAM = 5  # letters: about two syllables
_SLOTS = 16
_LETTERS_MIN = 20  # below it all short greetings are alike
_NEAR = 10  # slots
_MIX = 0x9E3779B97F4A7C15


class Repetition(NamedTuple):
    """`unit` is typed `times` times in a row, and fills most of the text."""

    unit: str
    times: int


def hosts(text: str) -> list[str]:
    """The host of every link, in the order of the text, lower case; twice if linked twice."""
    shown = visible_text(text).lowered
    found = {match.start(1): match[1] for match in _LINK.finditer(shown)}
    found |= {match.start(1): match[1] for match in _EVERY_SCHEME.finditer(shown)}
    return [host for _, host in sorted(found.items())]


def repetition(text: str) -> Repetition | None:
    """What fills most of a text when repeated; None for moods, as ㅋㅋㅋㅋ and ㅠㅠㅠㅠ."""
    shown = visible_text(text).text[:_READ_MAX]
    runs = [run for run in _REPEATED.finditer(shown) if not _MOODS.issuperset(run[1].strip())]
    longest = max(runs, key=lambda run: len(run[0]), default=None)
    if longest is None or len(longest[0]) < _SHARE_MIN * len(shown):
        return None
    return Repetition(longest[1].strip(), len(longest[0]) // len(longest[1]))


def fingerprint(text: str) -> bytes:
    """64 bytes that resemble those of a text resembling this one; empty for a very short text.

    Spaces, punctuation, digits, emoji and disguises leave it as it is. It is a MinHash with one
    permutation: of the grams of letters that fall into each of 16 slots, the least is kept.
    """
    heard = normalize(text).text
    if len(heard) < _LETTERS_MIN:
        return b""
    least: dict[int, int] = {}
    for at in range(len(heard) - _GRAM + 1):
        # CRC alone is linear, and its least values would lie close together.
        mixed = crc32(heard[at : at + _GRAM].encode()) * _MIX & 0xFFFFFFFFFFFFFFFF
        slot, value = mixed >> 60, mixed >> 24 & 0xFFFFFFFF
        if value <= least.get(slot, value):
            least[slot] = value
    return b"".join(_filled(least, slot).to_bytes(4) for slot in range(_SLOTS))


def _filled(least: dict[int, int], slot: int) -> int:
    """An empty slot takes the next one's, as it does in every text with the same grams."""
    while slot not in least:
        slot = (slot + 1) % _SLOTS
    return least[slot]


def bucket_keys(mark: bytes) -> list[int]:
    """What near texts are looked up by: two that share 3 of 4 grams share a key, nearly always.

    Eight whole numbers below 2⁶³, each of two slots and of its own.
    """
    return [int.from_bytes(mark[at : at + 8]) >> 4 | at << 57 for at in range(0, len(mark), 8)]


def is_near(one: bytes, other: bytes) -> bool:
    """Whether two fingerprints are of texts that a reader would call the same with changes."""
    slots = memoryview(one).cast("I"), memoryview(other).cast("I")
    return sum(map(eq, *slots)) >= _NEAR

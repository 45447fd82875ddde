"""A text as a reader sees it, with the way back to the text as it was given."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import regex

from board.moderation.word_filter.jamo import FINALS, INITIALS

Span = tuple[int, int]

CACHE_SIZE = 32  # texts: one post looks at the same text several times

# A character with all that hangs on it. Sorting a heap of marks takes the square of its height, so
# no more than a few of them are looked at.
_CLUSTER = regex.compile("(?s)(.[\\p{M}\u1160-\u11ff\ud7b0-\ud7ff]{0,8}+)([\\p{M}]*)")
_ORDINARY = re.compile("[\\0-\x7f가-힣ㄱ-ㅣ…‘’“”·]*")  # nearly every text is made of these
_INVISIBLE = regex.compile("[\\p{Mn}\\p{Me}\\p{Cf}\u115f\u1160\u3164\uffa0\u17b4\u17b5\u2800]")
_SURROGATE = regex.compile("[\ud800-\udfff]")
_UNUSUAL = regex.compile(
    "[\u1100-\u11ff\u3200-\u327f\uff01-\uffdc\u2460-\u24ff\U0001d400-\U0001d7ff]"
)
_CONJOINING = str.maketrans(
    {
        **{chr(0x1100 + at): initial for at, initial in enumerate(INITIALS)},
        **{chr(0x1161 + at): chr(ord("ㅏ") + at) for at in range(21)},
        **{chr(0x11A7 + at): final for at, final in enumerate(FINALS)},
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class VisibleText:
    """What a reader sees: NFC, nothing invisible, full-width and circled letters as usual ones."""

    text: str
    lowered: str  # as long as `text`, and without lone surrogates
    spans: list[Span] | None  # in the original, one for each character; None: where they are here

    def span(self, start: int, end: int) -> Span:
        """Where the characters from `start` up to `end` stood in the original."""
        return (self.spans[start][0], self.spans[end - 1][1]) if self.spans else (start, end)


@lru_cache(maxsize=CACHE_SIZE)
def visible_text(text: str) -> VisibleText:
    """`text` as a reader sees it. Never raises, whatever the string holds; linear in its length."""
    if _is_shown_as_it_is(text):
        return VisibleText(text, _lowered(text), None)
    shown: list[str] = []
    spans: list[Span] = []
    start = 0
    for cluster, rest in _CLUSTER.findall(text):
        end = start + len(cluster) + len(rest)
        for char in _shown(cluster):
            shown.append(char)
            spans.append((start, end))
        start = end
    return VisibleText("".join(shown), _lowered("".join(shown)), spans)


def _is_shown_as_it_is(text: str) -> bool:
    """As nearly all texts are."""
    if _ORDINARY.fullmatch(text):
        return True
    odd = _UNUSUAL.search(text) or _INVISIBLE.search(text)
    return not odd and unicodedata.is_normalized("NFC", text)


def _lowered(text: str) -> str:
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(char.lower()[0] for char in text)
    return _SURROGATE.sub("\ufffd", lowered)


@lru_cache(maxsize=4096)
def _shown(cluster: str) -> str:
    # Never NFKC on the whole: it makes of ㅅㅂ, which are letters, an unfinished syllable.
    composed = unicodedata.normalize("NFC", cluster)
    return "".join(_ordinary(char) for char in composed if not _INVISIBLE.match(char))


def _ordinary(char: str) -> str:
    """ｓ as s, ㉦ as ㅅ, a conjoining ᄉ as the letter ㅅ."""
    if not _UNUSUAL.match(char):
        return char
    return unicodedata.normalize("NFKC", char).strip("()").translate(_CONJOINING)

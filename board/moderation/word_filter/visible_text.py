"""A text as a reader sees it, with the original place of each character."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import regex

from board.text.keyboard import FINALS, INITIALS

Span = tuple[int, int]

CACHE_SIZE = 32  # texts: one post reads the same text several times

# A character with its combining marks. Sorting marks takes quadratic time, so only the first few
# are read.
_CLUSTER = regex.compile("(?s)(.[\\p{M}\u1160-\u11ff\ud7b0-\ud7ff]{0,8}+)([\\p{M}]*)")
_ORDINARY = re.compile("[\\0-\x7f가-힣ㄱ-ㅣ…‘’“”·]*")  # nearly every text has nothing else
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
    """Visible text: NFC, nothing invisible, full-width and circled letters as ordinary ones."""

    text: str
    lowered: str  # as long as `text`, and without lone surrogates
    spans: list[Span] | None  # in the original, one for each character; None if they are the same

    def span(self, start: int, end: int) -> Span:
        """The span in the original of the characters from `start` up to `end`."""
        return (self.spans[start][0], self.spans[end - 1][1]) if self.spans else (start, end)


@lru_cache(maxsize=CACHE_SIZE)
def visible_text(text: str) -> VisibleText:
    """The text as a reader sees it. Never raises; linear in its length."""
    if _is_visible_text(text):
        return VisibleText(text, _lowered(text), None)
    visible: list[str] = []
    spans: list[Span] = []
    start = 0
    for cluster, rest in _CLUSTER.findall(text):
        end = start + len(cluster) + len(rest)
        for char in _visible_characters(cluster):
            visible.append(char)
            spans.append((start, end))
        start = end
    return VisibleText("".join(visible), _lowered("".join(visible)), spans)


def _is_visible_text(text: str) -> bool:
    """True if the text needs no change, like nearly all texts."""
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
def _visible_characters(cluster: str) -> str:
    # No NFKC on the whole cluster: it turns ㅅㅂ, which are letters, into an incomplete syllable.
    composed = unicodedata.normalize("NFC", cluster)
    return "".join(_ordinary(char) for char in composed if not _INVISIBLE.match(char))


def _ordinary(char: str) -> str:
    """ｓ as s, ㉦ as ㅅ, a conjoining ᄉ as the letter ㅅ."""
    if not _UNUSUAL.match(char):
        return char
    return unicodedata.normalize("NFKC", char).strip("()").translate(_CONJOINING)

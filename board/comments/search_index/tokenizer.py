"""Search tokenizer: pairs of letters, so that 국회 finds 국회의원을, and of initial consonants, so
that ㅂㅅ finds 버스."""

import re
import unicodedata
from collections.abc import Iterable

QUERY_MAX = 100  # characters
WORDS_MAX = 8

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_SYLLABLES_PER_INITIAL = 588
_INITIAL_OF = {
    ord("가") + number: _INITIALS[number // _SYLLABLES_PER_INITIAL]
    for number in range(len(_INITIALS) * _SYLLABLES_PER_INITIAL)
}
_CONSONANTS = re.compile("[ㄱ-ㅎ]+")
# Overlapping, and never across a space.
_PAIRS = re.compile(r"(?=(\S\S))")
_CONSONANT_PAIRS = re.compile("(?=([ㄱ-ㅎ]{2}))")


def fold(text: str) -> str:
    """Case-fold, and compose to NFC."""
    return unicodedata.normalize("NFC", text.casefold())


def parse_query(query: str) -> list[str]:
    """The words of a query, folded, each once; a comment must contain all."""
    return list(dict.fromkeys(fold(query).split()))


def index_tokens(text: str) -> set[str]:
    """The tokens of a text: its pairs of letters and of initial consonants."""
    folded = " ".join(set(fold(text).split()))
    return {*_PAIRS.findall(folded), *_CONSONANT_PAIRS.findall(_initials(folded))}


def query_tokens(words: Iterable[str]) -> set[str]:
    """The tokens a text with all `words` has; none for a single letter."""
    return set(_PAIRS.findall(" ".join(words)))


def matches(text: str, words: Iterable[str]) -> bool:
    """Whether the text contains every word. The final check: pairs alone find too much."""
    folded = fold(text)
    return all(
        word in folded or (_CONSONANTS.fullmatch(word) and word in _initials(folded))
        for word in words
    )


def _initials(folded: str) -> str:
    return folded.translate(_INITIAL_OF)

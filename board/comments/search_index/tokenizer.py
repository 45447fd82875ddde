"""How comments are looked for: by pairs of letters, so that 국회 is found in 국회의원을, and by
initial consonants, so that ㅂㅅ finds 버스."""

import re
import unicodedata
from collections.abc import Iterable

QUERY_MAX = 100  # characters
WORDS_MAX = 8

_INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_SYLLABLES_OF_ONE_INITIAL = 588
_INITIAL_OF = {
    ord("가") + number: _INITIALS[number // _SYLLABLES_OF_ONE_INITIAL]
    for number in range(len(_INITIALS) * _SYLLABLES_OF_ONE_INITIAL)
}
_CONSONANTS = re.compile("[ㄱ-ㅎ]+")
# Overlapping, and never across a space.
_PAIRS = re.compile(r"(?=(\S\S))")
_CONSONANT_PAIRS = re.compile("(?=([ㄱ-ㅎ]{2}))")


def fold(text: str) -> str:
    """One spelling for what differs in case only."""
    return unicodedata.normalize("NFC", text.casefold())


def parse_query(query: str) -> list[str]:
    """What is looked for, folded, each word once; a comment must hold every one."""
    return list(dict.fromkeys(fold(query).split()))


def index_tokens(text: str) -> set[str]:
    """What the index keeps of a text: its pairs of letters, and of initial consonants."""
    folded = " ".join(set(fold(text).split()))
    return {*_PAIRS.findall(folded), *_CONSONANT_PAIRS.findall(_initials(folded))}


def query_tokens(words: Iterable[str]) -> set[str]:
    """What the index must hold for a text with all of `words`; a single letter asks for nothing."""
    return set(_PAIRS.findall(" ".join(words)))


def matches(text: str, words: Iterable[str]) -> bool:
    """Whether the text itself has every word. The last say: pairs alone would find too much."""
    folded = fold(text)
    return all(
        word in folded or (_CONSONANTS.fullmatch(word) and word in _initials(folded))
        for word in words
    )


def _initials(folded: str) -> str:
    return folded.translate(_INITIAL_OF)

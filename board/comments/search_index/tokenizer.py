"""Search tokenizer: pairs of letters, so that 국회 finds 국회의원을, and of initial consonants, so
that ㅂㅅ finds 버스. Text and query are folded first: case, width, and letters typed as one."""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from board.text.keyboard import FINALS, INITIALS, MEDIALS, keystrokes

QUERY_MAX = 100  # characters
WORDS_MAX = 8

_SYLLABLES_PER_INITIAL = 588
_FIRSTS = range(ord("가"), ord("힣"), _SYLLABLES_PER_INITIAL)
_SYLLABLES = {
    initial: (chr(first), chr(first + _SYLLABLES_PER_INITIAL - 1))
    for initial, first in zip(INITIALS, _FIRSTS, strict=True)
}
_INITIAL_OF = {
    code: initial
    for initial, (first, last) in _SYLLABLES.items()
    for code in range(ord(first), ord(last) + 1)
}
_CONSONANT = re.compile("[ㄱ-ㅎ]")
# Overlapping, and never across a space.
_PAIRS = re.compile(r"(?=(\S\S))")
_CONSONANT_PAIRS = re.compile("(?=([ㄱ-ㅎ]{2}))")
# What may have another form in NFKC. Not letters that stand alone (ㄱ): NFKC would join them.
_MAYBE_WIDE = re.compile("[^\x00-\x7f·‘’“”\u3131-\u318e가-힣]+")
# An input method makes one letter of ㅂㅅ; NFKC and some programs leave parts of syllables.
_CLUSTERS = {letter: typed for letter in FINALS.strip() if len(typed := keystrokes(letter)) == 2}
_PARTS = (("\u1100", INITIALS), ("\u1161", MEDIALS), ("\u11a8", FINALS[1:]))
_LETTER_OF_PART = {
    chr(ord(first) + number): letter
    for first, letters in _PARTS
    for number, letter in enumerate(letters)
}
_SEPARATED = _CLUSTERS | {
    char: _CLUSTERS.get(letter, letter) for char, letter in _LETTER_OF_PART.items()
}
_JOINED = re.compile(f"[{''.join(_SEPARATED)}]")


def fold(text: str) -> str:
    """Without case and width (ＣＣＴＶ as cctv), composed, and with ㅄ as ㅂㅅ."""
    text = _MAYBE_WIDE.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text)
    text = unicodedata.normalize("NFC", text.casefold())
    return _JOINED.sub(lambda match: _SEPARATED[match[0]], text)


def parse_query(query: str) -> list[str]:
    """The words of a query, folded, each once; a comment must contain all."""
    return list(dict.fromkeys(fold(query).split()))


def index_tokens(text: str) -> set[str]:
    """The tokens of a text: its pairs of letters and of initial consonants."""
    folded = " ".join(set(fold(text).split()))
    return {*_PAIRS.findall(folded), *_CONSONANT_PAIRS.findall(_initials(folded))}


def query_tokens(words: Iterable[str]) -> set[str]:
    """The tokens a text with all `words` has; none for a single letter.

    A consonant is in the index beside other initials only: 버ㅅ has the token ㅂㅅ.
    """
    pairs = set(_PAIRS.findall(" ".join(words)))
    initials = {_initials(pair) for pair in pairs if _CONSONANT.search(pair)}
    others = {pair for pair in pairs if not _CONSONANT.search(pair)}
    return others | {pair for pair in initials if _CONSONANT_PAIRS.match(pair)}


def matches(text: str, words: Iterable[str]) -> bool:
    """Whether the text contains every word. The final check: pairs alone find too much."""
    folded = fold(text)
    return all(
        bool(_pattern(word).search(folded)) if _CONSONANT.search(word) else word in folded
        for word in words
    )


@lru_cache(maxsize=256)
def _pattern(word: str) -> re.Pattern[str]:
    """A consonant stands for itself and for every syllable that begins with it."""
    return re.compile("".join(map(_char_pattern, word)))


def _char_pattern(char: str) -> str:
    first, last = _SYLLABLES.get(char, ("", ""))
    return f"[{char}{first}-{last}]" if first else re.escape(char)


def _initials(folded: str) -> str:
    return folded.translate(_INITIAL_OF)

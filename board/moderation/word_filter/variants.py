"""Variants of a word, and the readings worth trying on a text."""

import re
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from board.moderation.word_filter.jamo import SIGNS, VOWELS, keyed
from board.moderation.word_filter.normalization import (
    NormalizedText,
    Reading,
    as_drawn,
    as_keyed,
    as_leet,
    as_spoken,
    as_written,
    normalize,
    normalize_text,
)
from board.moderation.word_filter.visible_text import Span, visible_text

_LATIN = re.compile("[a-zA-Z]")
_LEET = re.compile("[" + re.escape(SIGNS) + "]")
_WORD = re.compile(r"\S+")
# Hangul beside a character that may stand for a letter, or effect letters between two syllables.
_DRAWN = re.compile(
    "[가-힣ㄱ-ㅣ][^가-힣ㄱ-ㅣ\\s.,?!~]|[^가-힣ㄱ-ㅣ\\s.,?!~][가-힣ㄱ-ㅣ]|[가-힣][ㅡㅋㅎㅠㅜ]+[가-힣]"
)
# 야민정음: syllables that look like others.
_LOOKS_LIKE = {"대": "머", "멍": "댕", "명": "띵", "귀": "커"}


class Variant(NamedTuple):
    """One way to say or type a word."""

    spelling: str  # single spaces only
    letters: str
    sounds: str
    syllables: int
    jamo_only: bool  # ㅅㅂ
    latin: bool
    exact: bool = False  # these letters only: it is a disguise already
    collapsed: bool = False  # only where letters are typed alone


def variants_of(spelling: str) -> list[Variant]:
    """The distinct ways to say or type a word; none for a word of a single letter."""
    variants = [_variant(spelling), _variant(spelling, spaced=True), *_lookalikes(spelling)]
    if variants[0].latin:
        variants.append(_typed_in_hangul(spelling))
    else:
        variants += [
            collapsed
            for variant in variants
            if (collapsed := _collapse(variant)).sounds != variant.sounds
        ]
    return [variant for variant in dict.fromkeys(variants) if len(variant.letters) > 1]


def _lookalikes(spelling: str) -> Iterator[Variant]:
    for syllable, lookalike in _LOOKS_LIKE.items():
        if syllable in spelling:
            yield _variant(spelling.replace(syllable, lookalike))._replace(exact=True)


def _variant(spelling: str, *, spaced: bool = False) -> Variant:
    normalized = normalize(spelling if spaced else spelling.replace(" ", ""))
    return Variant(
        spelling,
        normalized.text,
        "".join(letter.sound for letter in normalized.letters),
        sum(letter.opens for letter in normalized.letters),
        all(letter.alone for letter in normalized.letters) and not VOWELS & set(normalized.text),
        bool(_LATIN.search(spelling)),
    )


def _typed_in_hangul(spelling: str) -> Variant:
    """Latin typed with the Hangul keyboard: fuck is ㄹㅕ차."""
    letters = "".join(letter.sound for char in spelling for letter in keyed(char))
    return _variant(letters)._replace(jamo_only=False, exact=True, collapsed=True)


def _collapse(variant: Variant) -> Variant:
    """Doubled letters once, as normalization merges them when typed alone: ㅈㅗㄴㄴㅏ."""
    pairs = [pair for pair, _ in groupby(zip(variant.letters, variant.sounds, strict=True))]
    return variant._replace(
        letters="".join(letter for letter, _ in pairs),
        sounds="".join(sound for _, sound in pairs),
        collapsed=True,
    )


def readings_of(text: str) -> Iterator[tuple[Reading, NormalizedText]]:
    """The readings worth trying: all of the text in one, a few words in others. Normalized."""
    yield as_written, normalize(text)
    visible = visible_text(text)
    text = visible.text
    if _LATIN.search(text):
        words = _words_with(_LATIN, text)
        for reading in (as_keyed, as_spoken):
            yield reading, normalize_text(visible, reading, words)
        signed = [span for span in words if _LEET.search(text, *span)]
        if signed:
            yield as_leet, normalize_text(visible, as_leet, signed)
    if _DRAWN.search(text):
        yield as_drawn, normalize_text(visible, as_drawn, _words_with(_DRAWN, text))


def _words_with(pattern: re.Pattern[str], text: str) -> list[Span]:
    """The words of a text that match `pattern`, neighbours as one: tl qkf."""
    parts: list[Span] = []
    for word in _WORD.finditer(text):
        if pattern.search(word[0]):
            joins = parts and text[parts[-1][1] : word.start()].isspace()
            start = parts.pop()[0] if joins else word.start()
            parts.append((start, word.end()))
    return parts

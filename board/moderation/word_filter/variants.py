"""How one word may be heard or typed, and the ways a text is worth reading."""

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
# Hangul beside what may stand for a letter, or letters typed for effect between two syllables.
_DRAWN = re.compile(
    "[가-힣ㄱ-ㅣ][^가-힣ㄱ-ㅣ\\s.,?!~]|[^가-힣ㄱ-ㅣ\\s.,?!~][가-힣ㄱ-ㅣ]|[가-힣][ㅡㅋㅎㅠㅜ]+[가-힣]"
)
# 야민정음: syllables that look like others.
_LOOKS_LIKE = {"대": "머", "멍": "댕", "명": "띵", "귀": "커"}


class Variant(NamedTuple):
    spelling: str  # no two spaces together
    letters: str
    sounds: str
    syllables: int
    jamo_only: bool  # ㅅㅂ
    latin: bool
    exact: bool = False  # only with these very letters: it is a disguise already
    collapsed: bool = False  # only where letters are typed alone


def variants_of(spelling: str) -> list[Variant]:
    """Each distinct way to hear or type a word; none for a word of a single letter."""
    forms = [_form(spelling), _form(spelling, spaced=True), *_looking_like(spelling)]
    if forms[0].latin:
        forms.append(_typed_in_hangul(spelling))
    else:
        forms += [squeezed for form in forms if (squeezed := _squeezed(form)).sounds != form.sounds]
    return [form for form in dict.fromkeys(forms) if len(form.letters) > 1]


def _looking_like(spelling: str) -> Iterator[Variant]:
    for syllable, look in _LOOKS_LIKE.items():
        if syllable in spelling:
            yield _form(spelling.replace(syllable, look))._replace(exact=True)


def _form(spelling: str, *, spaced: bool = False) -> Variant:
    folded = normalize(spelling if spaced else spelling.replace(" ", ""))
    return Variant(
        spelling,
        folded.text,
        "".join(letter.sound for letter in folded.letters),
        sum(letter.opens for letter in folded.letters),
        all(letter.alone for letter in folded.letters) and not VOWELS & set(folded.text),
        bool(_LATIN.search(spelling)),
    )


def _typed_in_hangul(spelling: str) -> Variant:
    """Latin typed with the keyboard in Hangul: fuck is ㄹㅕ차."""
    letters = "".join(letter.sound for char in spelling for letter in keyed(char))
    return _form(letters)._replace(jamo_only=False, exact=True, collapsed=True)


def _squeezed(form: Variant) -> Variant:
    """With doubled letters once, as they are folded when they are typed alone: ㅈㅗㄴㄴㅏ."""
    pairs = [pair for pair, _ in groupby(zip(form.letters, form.sounds, strict=True))]
    return form._replace(
        letters="".join(letter for letter, _ in pairs),
        sounds="".join(said for _, said in pairs),
        collapsed=True,
    )


def readings_of(given: str) -> Iterator[tuple[Reading, NormalizedText]]:
    """The ways a text is worth reading, folded: most text in one, a few words in others."""
    yield as_written, normalize(given)
    shown = visible_text(given)
    text = shown.text
    if _LATIN.search(text):
        words = _words_with(_LATIN, text)
        for reading in (as_keyed, as_spoken):
            yield reading, normalize_text(shown, reading, words)
        signed = [span for span in words if _LEET.search(text, *span)]
        if signed:
            yield as_leet, normalize_text(shown, as_leet, signed)
    if _DRAWN.search(text):
        yield as_drawn, normalize_text(shown, as_drawn, _words_with(_DRAWN, text))


def _words_with(what: re.Pattern[str], text: str) -> list[Span]:
    """The words of a text that hold `what`, neighbours as one: tl qkf."""
    parts: list[Span] = []
    for word in _WORD.finditer(text):
        if what.search(word[0]):
            joins = parts and text[parts[-1][1] : word.start()].isspace()
            start = parts.pop()[0] if joins else word.start()
            parts.append((start, word.end()))
    return parts

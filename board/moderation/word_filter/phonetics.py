"""Phonetic forms: variants of words with the same letters, and which of them match a candidate.

Rules need nearly the same facts about a candidate, so each is computed once for all of them.
"""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from board.moderation.word_filter.candidates import Candidate
from board.moderation.word_filter.jamo import BREATHY, TENSE, VOWELS
from board.moderation.word_filter.normalization import Reading, as_spoken, as_written
from board.moderation.word_filter.variants import Variant

Place = tuple[int, int, int]  # characters from, up to, which rule


class PhoneticForm(ABC):
    """Variants with the same letters, each with the number of its rule."""

    def __init__(self) -> None:
        self.variants: list[tuple[int, Variant]] = []

    def add(self, number: int, variant: Variant, *, disguised: bool) -> None:
        self.variants.append((number, variant))

    @abstractmethod
    def match(self, candidate: Candidate) -> Iterator[Place]:
        """Places of the variants that match the candidate."""


class Latin(PhoneticForm):
    """Words with Latin letters."""

    def match(self, candidate: Candidate) -> Iterator[Place]:
        if candidate.is_latin_word():
            last = self._last(candidate)
            for number, variant in self.variants:
                if last - candidate.first >= len(variant.spelling):
                    yield candidate.first, last, number

    def _last(self, candidate: Candidate) -> int:
        """The end, with any repetition of the last letter: the second s of ass."""
        text, last = candidate.normalized.visible.lowered, candidate.last
        while text[last : last + 1] == text[last - 1]:
            last += 1
        return last


class Initials(PhoneticForm):
    """Words of initial consonants alone: ㅅㅂ."""

    def match(self, candidate: Candidate) -> Iterator[Place]:
        if candidate.stands_alone():
            for number, variant in self.variants:
                # ㅈㄱㄱ stands for three syllables, so it is no ㅈㄲ.
                is_typed = TENSE.intersection(variant.sounds) <= set(candidate.text)
                if is_typed and _matches(
                    candidate.sounds, variant.sounds, long=variant.syllables > 2
                ):
                    yield candidate.first, candidate.last, number


class Syllables(PhoneticForm):
    """Words of Hangul syllables."""

    def __init__(self) -> None:
        super().__init__()
        self._spelt: defaultdict[str, list[tuple[int, Variant]]] = defaultdict(list)
        self._contracted: defaultdict[tuple[str, str], list[tuple[int, Variant]]] = defaultdict(
            list
        )
        self._vowels = 0
        self._is_short = True  # two syllables at most, which need room in disguise

    def add(self, number: int, variant: Variant, *, disguised: bool) -> None:
        whole = variant.spelling.replace(" ", "")
        for spelling in {variant.spelling, whole}:
            self._spelt[spelling].append((number, variant))
        self._contracted[whole[:-1], variant.sounds].append((number, variant))
        if disguised and variant.syllables > 1:
            self.variants.append((number, variant))
            self._is_short = self._is_short and variant.syllables < 3
        self._vowels = sum(letter in VOWELS for letter in variant.letters)  # the same in each

    def match(self, candidate: Candidate) -> Iterator[Place]:
        return ((candidate.first, candidate.last, number) for number in self._rules(candidate))

    def _rules(self, candidate: Candidate) -> Iterator[int]:
        closes = candidate.letters[-1].closes
        spelt = self._as_spelt(candidate) if closes else self._as_contracted(candidate)
        for number, variant in spelt:
            if variant.syllables > 1 or candidate.fits_context():
                yield number
        if closes and self.variants and candidate.is_worth_reading(self._vowels):
            yield from self._in_disguise(candidate)

    def _as_spelt(self, candidate: Candidate) -> Iterable[tuple[int, Variant]]:
        return self._spelt.get(" ".join(candidate.text.split()), ())

    def _as_contracted(self, candidate: Candidate) -> Iterable[tuple[int, Variant]]:
        if candidate.is_contracted:
            return self._contracted.get((candidate.text[:-1], candidate.sounds), ())
        return ()

    def _in_disguise(self, candidate: Candidate) -> Iterable[int]:
        has_gap, has_room = candidate.has_gap, candidate.fits_context()
        if has_gap and not has_room:
            return ()
        if not has_room and (self._is_short or candidate.ends_another_word()):
            return ()
        disguise = _Disguise(candidate.reading, candidate.has_jamo, candidate.has_space, has_room)
        return _matching(self, candidate.sounds, disguise)

    def matching(self, sounds: str, disguise: "_Disguise") -> Iterator[int]:
        for number, variant in self.variants:
            if disguise.allows(variant) and disguise.matches(sounds, variant):
                yield number


class _Disguise(NamedTuple):
    """How the letters of a candidate were typed."""

    reading: Reading
    alone: bool  # some letters are typed alone
    parted: bool  # by a space
    has_room: bool

    def allows(self, variant: Variant) -> bool:
        return (variant.syllables > 2 or self.has_room) and (self.alone or not variant.collapsed)

    def matches(self, sounds: str, variant: Variant) -> bool:
        if variant.exact:
            return self.reading is as_written and sounds == variant.sounds
        if self.reading is as_spoken:
            return True
        if self.parted:
            return _matches_across_space(sounds, variant.sounds)
        return _matches(sounds, variant.sounds, long=variant.syllables > 2)


@lru_cache(maxsize=4096)
def _matching(form: Syllables, sounds: str, disguise: _Disguise) -> tuple[int, ...]:
    return tuple(form.matching(sounds, disguise))


def _matches_across_space(sounds: str, expected: str) -> bool:
    """A space is a disguise itself: neither a vowel nor the first letter may change as well."""
    return sounds[0] == expected[0] and all(
        one == other or one in TENSE for one, other in zip(sounds, expected, strict=True)
    )


def _matches(sounds: str, expected: str, *, long: bool) -> bool:
    """Short words must keep their hard consonants, all words their first letter."""
    return all(
        one == other
        or other in VOWELS
        or (one in TENSE and other not in BREATHY)
        or (long and at > 0 and other in TENSE)
        for at, (one, other) in enumerate(zip(sounds, expected, strict=True))
    )


def form_type(variant: Variant) -> type[PhoneticForm]:
    if variant.latin:
        return Latin
    return Initials if variant.jamo_only else Syllables

"""Words that sound alike, and which of them is read where they are heard.

What the rules ask of a spot in a text is nearly the same, and is found out once for all of them.
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
    """Forms with the same letters, each with the number of its rule."""

    def __init__(self) -> None:
        self.forms: list[tuple[int, Variant]] = []

    def add(self, number: int, form: Variant, *, disguised: bool) -> None:
        self.forms.append((number, form))

    @abstractmethod
    def read(self, spot: Candidate) -> Iterator[Place]:
        """Which of the forms stand at this spot."""


class Latin(PhoneticForm):
    def read(self, spot: Candidate) -> Iterator[Place]:
        if spot.is_latin_word():
            last = self._last(spot)
            for number, form in self.forms:
                if last - spot.first >= len(form.spelling):
                    yield spot.first, last, number

    def _last(self, spot: Candidate) -> int:
        """With the second s of ass."""
        text, last = spot.folded.visible.lowered, spot.last
        while text[last : last + 1] == text[last - 1]:
            last += 1
        return last


class Initials(PhoneticForm):
    """ㅅㅂ"""

    def read(self, spot: Candidate) -> Iterator[Place]:
        if spot.stands_alone():
            for number, form in self.forms:
                if _is_heard(spot.sounds, form.sounds, long=form.syllables > 2):
                    yield spot.first, spot.last, number


class Syllables(PhoneticForm):
    def __init__(self) -> None:
        super().__init__()
        self._spelt: defaultdict[str, list[tuple[int, Variant]]] = defaultdict(list)
        self._contracted: defaultdict[tuple[str, str], list[tuple[int, Variant]]] = defaultdict(
            list
        )
        self._vowels = 0

    def add(self, number: int, form: Variant, *, disguised: bool) -> None:
        whole = form.spelling.replace(" ", "")
        for spelling in {form.spelling, whole}:
            self._spelt[spelling].append((number, form))
        self._contracted[whole[:-1], form.sounds].append((number, form))
        if disguised and form.syllables > 1:
            self.forms.append((number, form))
        self._vowels = sum(letter in VOWELS for letter in form.letters)  # the same in each

    def read(self, spot: Candidate) -> Iterator[Place]:
        return ((spot.first, spot.last, number) for number in self._rules(spot))

    def _rules(self, spot: Candidate) -> Iterator[int]:
        closes = spot.letters[-1].closes
        spelt = self._as_spelt(spot) if closes else self._as_contracted(spot)
        for number, form in spelt:
            if form.syllables > 1 or spot.fits_context():
                yield number
        if closes and self.forms and spot.is_worth_reading(self._vowels):
            yield from self._in_disguise(spot)

    def _as_spelt(self, spot: Candidate) -> Iterable[tuple[int, Variant]]:
        return self._spelt.get(" ".join(spot.visible.split()), ())

    def _as_contracted(self, spot: Candidate) -> Iterable[tuple[int, Variant]]:
        if spot.is_contracted:
            return self._contracted.get((spot.visible[:-1], spot.sounds), ())
        return ()

    def _in_disguise(self, spot: Candidate) -> Iterable[int]:
        has_gap, has_room = spot.has_gap, spot.fits_context()
        if has_gap and not has_room:
            return ()
        manner = _Disguise(spot.reading, spot.has_jamo, spot.has_space, has_room)
        return _heard(self, spot.sounds, manner)

    def heard(self, said: str, manner: "_Disguise") -> Iterator[int]:
        for number, form in self.forms:
            if manner.suits(form) and manner.says(said, form):
                yield number


class _Disguise(NamedTuple):
    """How a sound was written."""

    reading: Reading
    alone: bool  # some of its letters are typed alone
    parted: bool  # by a space
    has_room: bool

    def suits(self, form: Variant) -> bool:
        return (form.syllables > 2 or self.has_room) and (self.alone or not form.collapsed)

    def says(self, said: str, form: Variant) -> bool:
        if form.exact:
            return self.reading is as_written and said == form.sounds
        if self.reading is as_spoken:
            return True
        if self.parted:
            return _is_heard_over_a_space(said, form.sounds)
        return _is_heard(said, form.sounds, long=form.syllables > 2)


@lru_cache(maxsize=4096)
def _heard(sound: Syllables, said: str, manner: _Disguise) -> tuple[int, ...]:
    return tuple(sound.heard(said, manner))


def _is_heard_over_a_space(said: str, meant: str) -> bool:
    """It is a disguise of its own: with it, no vowel may change, nor the first letter."""
    return said[0] == meant[0] and all(
        one == other or one in TENSE for one, other in zip(said, meant, strict=True)
    )


def _is_heard(said: str, meant: str, *, long: bool) -> bool:
    """Short words are not known without their hard consonants, nor any without the first."""
    return all(
        one == other
        or other in VOWELS
        or (one in TENSE and other not in BREATHY)
        or (long and at > 0 and other in TENSE)
        for at, (one, other) in enumerate(zip(said, meant, strict=True))
    )


def form_type(form: Variant) -> type[PhoneticForm]:
    if form.latin:
        return Latin
    return Initials if form.jamo_only else Syllables

"""Normalization: undoes disguises. Reduces a text to the letters it sounds like, each with its
place in the text."""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache

import regex

from board.moderation.word_filter.jamo import (
    ASPIRATED,
    DIPHTHONGS,
    DOUBLED,
    VOWELS,
    Letter,
    alone,
    drawn,
    keyed,
    leet,
    written,
)
from board.moderation.word_filter.visible_text import CACHE_SIZE, Span, VisibleText, visible_text

PlacedLetters = tuple[int, tuple[Letter, ...]]
# The letters of text[start:end], with the place of the character each came from.
Reading = Callable[[str, int, int], Iterator[PlacedLetters]]

_NO_LETTER = Letter(" ", " ")


@dataclass(slots=True)
class NormalizedText:
    """Letters that sound alike are merged. `text`, `letters` and `positions` are parallel."""

    visible: VisibleText
    text: str = ""
    letters: list[Letter] = field(default_factory=list)
    positions: list[int] = field(default_factory=list)  # indexes of the characters in `visible`
    starts: list[int] = field(default_factory=list)  # first letters of runs without a gap

    @property
    def spans(self) -> list[Span]:
        """The span of each letter in the original text."""
        return [self.visible.span(at, at + 1) for at in self.positions]

    def run_start(self, at: int) -> int:
        """The first letter of the run that the letter `at` is in."""
        return self.starts[bisect_right(self.starts, at) - 1]

    def run_end(self, at: int) -> int:
        """The letter after that run."""
        run = bisect_right(self.starts, at)
        return self.starts[run] if run < len(self.starts) else len(self.letters)

    def add_break(self, at: int) -> None:
        """Add a gap for text that is left out: no word goes on across it."""
        self.starts.append(len(self.letters))
        self.letters.append(_NO_LETTER)
        self.positions.append(at)

    def append(self, characters: Iterable[PlacedLetters]) -> None:
        """Add the letters of neighbouring characters; one without letters makes a gap."""
        letters, positions = self.letters, self.positions
        before: Letter | None = None
        for at, sounds in characters:  # the hottest loop of the filter
            if not sounds:
                before = None
                continue
            first = sounds[0]
            if before is None:
                self.starts.append(len(letters))
            elif _may_join(before, first) and (one := _merged_letter(before, first)):
                sounds = sounds[1:]
                if one is not before:
                    letters[-1] = one
                    self._merge_stretched()
            letters += sounds
            positions += (at,) * len(sounds)
            before = letters[-1]

    def _merge_stretched(self) -> None:
        """ㅅㅣㅇㅣ is 시이, which is merged to 시."""
        last = len(self.letters) - 1
        if self.letters[last].silent and self.starts[-1] != last:
            before = self.letters[last - 1]
            if before.merged == self.letters[last].merged:
                self.letters[-2:] = [replace(before, closes=True)]
                del self.positions[last]


def _may_join(before: Letter, letter: Letter) -> bool:
    """A quick test that rules out most pairs."""
    return letter.merged == before.merged or letter.sound == "ㅎ" or (letter.alone and before.alone)


@lru_cache(maxsize=4096)
def _merged_letter(before: Letter, letter: Letter) -> Letter | None:
    """The single letter that two neighbouring letters are heard as, or None."""
    if letter.merged != before.merged:
        if letter.sound == "ㅎ" and not letter.alone and before.sound in ASPIRATED:
            return replace(before, sound=ASPIRATED[before.sound])  # 색히 is 새키
        if before.alone and before.sound == "ㅇ" and letter.alone and letter.merged in VOWELS:
            return replace(letter, silent=True)  # ㅇㅣ is 이
        if before.alone and letter.alone and before.sound + letter.sound in DIPHTHONGS:
            one = alone(DIPHTHONGS[before.sound + letter.sound])
            return replace(one, silent=before.silent)
        return None
    if letter.alone and before.alone and letter.sound in DOUBLED:
        tense = DOUBLED[letter.sound]  # ㄱㄱ and more of them are ㄲ
        return before if before.sound == tense else alone(tense)
    twice = letter.sound == before.sound != "ㅇ" and (letter.typed or before.typed)
    if letter.merged in VOWELS or twice:
        # 시이발, 시ㅂ발
        return replace(before, closes=True) if letter.closes > before.closes else before
    if letter.sound != before.sound and not (letter.alone or before.alone):
        return letter  # 색끼 is 새끼
    return None


def by_character(read: Callable[[str], tuple[Letter, ...]]) -> Reading:
    def reading(text: str, start: int, end: int) -> Iterator[PlacedLetters]:
        return zip(range(start, end), map(read, text[start:end]), strict=False)

    return reading


_SOUNDS = """
    kk=ㄲ gg=ㄲ tt=ㄸ dd=ㄸ pp=ㅃ bb=ㅃ ss=ㅆ ssh=ㅆ jj=ㅉ zz=ㅉ ch=ㅊ sh=ㅅ ng=ㅇ
    g=ㄱ k=ㄱ q=ㄱ c=ㄱ n=ㄴ d=ㄷ t=ㄷ r=ㄹ l=ㄹ m=ㅁ b=ㅂ p=ㅂ v=ㅂ s=ㅅ j=ㅈ z=ㅈ h=ㅎ
    yae=ㅐ yeo=ㅕ wae=ㅙ ae=ㅐ ai=ㅐ ya=ㅑ ye=ㅖ yo=ㅛ yu=ㅠ eo=ㅓ eu=ㅡ oo=ㅜ ee=ㅣ
    wa=ㅘ wo=ㅝ we=ㅞ wi=ㅟ ui=ㅢ oe=ㅚ a=ㅏ e=ㅔ i=ㅣ o=ㅗ u=ㅜ y=ㅣ
"""
_ROMAN = dict(sound.split("=") for sound in _SOUNDS.split())
_ROMAN_SOUND = regex.compile(
    "ng(?![aeiouwy])|" + "|".join(sorted(set(_ROMAN) - {"ng"}, key=len, reverse=True)) + "|(?s:.)",
    regex.IGNORECASE,
)


def as_spoken(text: str, start: int, end: int) -> Iterator[PlacedLetters]:
    """Latin read aloud in Korean: sibal is 시발."""
    sounds = _ROMAN_SOUND.finditer(text, start, end)
    return ((sound.start(), _spoken(sound[0])) for sound in sounds)


@lru_cache(maxsize=16_384)
def _spoken(sound: str) -> tuple[Letter, ...]:
    letter = _ROMAN.get(sound.lower())
    return (alone(letter),) if letter else written(sound)


as_written = by_character(written)
as_drawn = by_character(drawn)
as_keyed = by_character(keyed)
as_leet = by_character(leet)


@lru_cache(maxsize=CACHE_SIZE)
def normalize(text: str) -> NormalizedText:
    """The text normalized as written. Never raises; linear in its length.

    Cached and shared: do not change the result.
    """
    visible = visible_text(text)
    return normalize_text(visible, as_written, [(0, len(visible.text))])


def normalize_text(visible: VisibleText, reading: Reading, parts: Iterable[Span]) -> NormalizedText:
    """Normalize parts of a text, none of which touch, in a reading."""
    normalized = NormalizedText(visible)
    for start, end in parts:
        if normalized.letters:
            normalized.add_break(start)
        normalized.append(reading(visible.text, start, end))
    normalized.text = "".join([letter.merged for letter in normalized.letters])
    return normalized

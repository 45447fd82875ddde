"""Candidates: places in a normalized text where a word may stand, and their properties."""

import re

from board.moderation.word_filter.context import (
    TAIL_MAX,
    follows_abuse,
    may_end_latin,
    may_follow,
    may_precede,
    with_finals,
)
from board.moderation.word_filter.jamo import CONSONANTS, VOWELS, Letter, is_common
from board.moderation.word_filter.normalization import (
    NormalizedText,
    Reading,
    as_keyed,
    as_leet,
    as_spoken,
    as_written,
)

_LATIN = re.compile("[a-zA-Z]")
_HANGUL = re.compile("[가-힣ㄱ-ㅣ]")
_LAUGHTER = "ㅋ"
_CONTRACTED = frozenset("ㄴㄹㅁ")  # 바본데, 새낄
_SHORTEST_KEYED = 3  # characters; wl랄
_SHORTEST_SPOKEN = 5  # sibal; shorter ones are names and English words


class Candidate:
    """Letters `start` up to `end` of a text: the characters `first` up to `last` of it."""

    __slots__ = ("end", "first", "last", "letters", "normalized", "reading", "start", "text")

    def __init__(self, normalized: NormalizedText, reading: Reading, start: int, end: int) -> None:
        self.normalized, self.reading = normalized, reading
        self.start, self.end = start, end
        self.first, self.last = normalized.positions[start], normalized.positions[end - 1] + 1
        self.letters = normalized.letters[start:end]
        self.text = normalized.visible.lowered[self.first : self.last]

    @property
    def sounds(self) -> str:
        return "".join([letter.sound for letter in self.letters])

    @property
    def has_gap(self) -> bool:
        return self.normalized.run_end(self.start) < self.end

    @property
    def has_space(self) -> bool:
        return any(map(str.isspace, self.text))

    @property
    def has_jamo(self) -> bool:
        return any([letter.alone for letter in self.letters])

    @property
    def is_contracted(self) -> bool:
        """바본데, 새낄: the particle is only a final consonant of the last syllable."""
        if self.letters[-1].sound not in VOWELS or self.has_gap:
            return False
        final = self.normalized.letters[self.end]
        return final.merged in _CONTRACTED and final.closes

    def is_worth_reading(self, vowels: int) -> bool:
        """False for another reading that changes too little of the text."""
        if self.reading is as_leet:
            return False
        if self.reading is not as_keyed and self.reading is not as_spoken:
            return not self._starts_with_a_bare_vowel()
        if vowels < 2 or not _LATIN.search(self.text):
            return False
        short = self.reading is as_keyed or _HANGUL.search(self.text)
        return len(self.text) >= (_SHORTEST_KEYED if short else _SHORTEST_SPOKEN)

    def _starts_with_a_bare_vowel(self) -> bool:
        """1세기, read by its shape, is not 이새끼."""
        first = self.letters[0]
        return first.alone and not first.silent and first.merged in VOWELS

    def is_latin_word(self) -> bool:
        if self.reading is not as_written and self.reading is not as_leet:
            return False
        before, after = self._before(), self._after()
        return not (before and before[-1].merged.isascii()) and (
            may_end_latin(after) or may_follow(after)
        )

    def stands_alone(self) -> bool:
        """True if no other consonant is typed beside initials, which only then mean a word."""
        normalized = self.normalized
        if self.reading is not as_written or not all(letter.alone for letter in self.letters):
            return False
        return not (
            (normalized.run_start(self.start) < self.start and self._is_consonant(self.start - 1))
            or (normalized.run_end(self.end - 1) > self.end and self._is_consonant(self.end))
        )

    def _is_consonant(self, at: int) -> bool:
        letter = self.normalized.letters[at]
        return letter.alone and letter.sound in CONSONANTS and letter.sound != _LAUGHTER

    def ends_another_word(self) -> bool:
        """True for ordinary syllables that only sound like abuse, as in 바꿔줘라: 꺼져라."""
        if self.reading is not as_written or self.has_gap or self.has_jamo:
            return False
        if may_precede(self._before()) or follows_abuse(self._after()):
            return False
        return all(map(is_common, self.text))

    def fits_context(self) -> bool:
        if self._follows_a_digit() and self.has_gap:
            return False
        return may_precede(self._before()) and may_follow(self._after())

    def _follows_a_digit(self) -> bool:
        """7시 발표 does not contain 시 발."""
        return self.first > 0 and self.normalized.visible.text[self.first - 1].isdigit()

    def _before(self) -> list[Letter]:
        """Letters before it in the token, TAIL_MAX at most."""
        begins = self.normalized.run_start(self.start)
        return self.normalized.letters[max(begins, self.start - TAIL_MAX) : self.start]

    def _after(self) -> str:
        """Letters after it in the token. One typed alone, as in 바보ㅋㅋ, is not part of a word."""
        normalized, at = self.normalized, self.end
        typed = self.reading is as_keyed or self.reading is as_spoken
        last = min(self.end + TAIL_MAX, normalized.run_end(self.end - 1))
        while at < last and not (
            normalized.letters[at].alone
            and not (typed and normalized.visible.text[normalized.positions[at]].isascii())
        ):
            at += 1
        return with_finals(normalized.letters[self.end : at])

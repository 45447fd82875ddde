"""What can be told of one spot in a folded text, whichever word was heard there."""

import re

from board.moderation.word_filter.context import TAIL_MAX, may_end_latin, may_follow, may_precede
from board.moderation.word_filter.jamo import CONSONANTS, VOWELS
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
    """Letters `start` up to `end` of a text, which are characters `first` up to `last` of it."""

    __slots__ = ("end", "first", "folded", "last", "letters", "reading", "start", "visible")

    def __init__(self, folded: NormalizedText, reading: Reading, start: int, end: int) -> None:
        self.folded, self.reading = folded, reading
        self.start, self.end = start, end
        self.first, self.last = folded.positions[start], folded.positions[end - 1] + 1
        self.letters = folded.letters[start:end]
        self.visible = folded.visible.lowered[self.first : self.last]

    @property
    def sounds(self) -> str:
        return "".join([letter.sound for letter in self.letters])

    @property
    def has_gap(self) -> bool:
        return self.folded.run_end(self.start) < self.end

    @property
    def has_space(self) -> bool:
        return any(map(str.isspace, self.visible))

    @property
    def has_jamo(self) -> bool:
        return any([letter.alone for letter in self.letters])

    @property
    def is_contracted(self) -> bool:
        """바본데, 새낄: the particle is only a final of the last syllable."""
        if self.letters[-1].sound not in VOWELS or self.has_gap:
            return False
        final = self.folded.letters[self.end]
        return final.merged in _CONTRACTED and final.closes

    def is_worth_reading(self, vowels: int) -> bool:
        """Text in another reading must hold enough of what that reading changes."""
        if self.reading is as_leet:
            return False
        if self.reading is not as_keyed and self.reading is not as_spoken:
            return not self._starts_with_a_bare_vowel()
        if vowels < 2 or not _LATIN.search(self.visible):
            return False
        short = self.reading is as_keyed or _HANGUL.search(self.visible)
        return len(self.visible) >= (_SHORTEST_KEYED if short else _SHORTEST_SPOKEN)

    def _starts_with_a_bare_vowel(self) -> bool:
        """1세기, read by its shape, is no 이새끼."""
        first = self.letters[0]
        return first.alone and not first.silent and first.merged in VOWELS

    def is_latin_word(self) -> bool:
        if self.reading is not as_written and self.reading is not as_leet:
            return False
        before, after = self._before(), self._after()
        return not (before and before[-1].isascii()) and (may_end_latin(after) or may_follow(after))

    def stands_alone(self) -> bool:
        """Initial consonants mean a word only where no other consonant is typed beside them."""
        folded = self.folded
        if self.reading is not as_written or not all(letter.alone for letter in self.letters):
            return False
        return not (
            (folded.run_start(self.start) < self.start and self._is_consonant(self.start - 1))
            or (folded.run_end(self.end - 1) > self.end and self._is_consonant(self.end))
        )

    def _is_consonant(self, at: int) -> bool:
        letter = self.folded.letters[at]
        return letter.alone and letter.sound in CONSONANTS and letter.sound != _LAUGHTER

    def fits_context(self) -> bool:
        if self._follows_a_digit() and self.has_gap:
            return False
        return may_precede(self._before()) and may_follow(self._after())

    def _follows_a_digit(self) -> bool:
        """7시 발표 holds no 시 발."""
        return self.first > 0 and self.folded.visible.text[self.first - 1].isdigit()

    def _before(self) -> str:
        """What stands before in the token."""
        begins = self.folded.run_start(self.start)
        return self.folded.text[max(begins, self.start - TAIL_MAX) : self.start]

    def _after(self) -> str:
        """What is left of the token. A letter typed alone, as in 바보ㅋㅋ, is no part of a word."""
        folded, at = self.folded, self.end
        typed = self.reading is as_keyed or self.reading is as_spoken
        last = min(self.end + TAIL_MAX, folded.run_end(self.end - 1))
        while at < last and not (
            folded.letters[at].alone
            and not (typed and folded.visible.text[folded.positions[at]].isascii())
        ):
            at += 1
        return folded.text[self.end : at]

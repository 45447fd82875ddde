"""How one word may be heard or typed, and whether what was found in a text is that word."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

import regex

from board.moderation.words.folding import (
    Folded,
    Reading,
    Span,
    as_drawn,
    as_keyed,
    as_leet,
    as_spoken,
    as_written,
    fold,
    normalise,
    plain,
)
from board.moderation.words.letters import BREATHY, CONSONANTS, TENSE, VOWELS, keyed
from board.moderation.words.neighbours import (
    TAIL_MAX,
    may_end_latin,
    may_follow,
    may_precede,
)

_LATIN = regex.compile("[a-zA-Z]")
_HANGUL = regex.compile("[가-힣ㄱ-ㅣ]")
_WORD = regex.compile(r"\S+")
# Hangul beside what may stand for a letter, or letters typed for effect between two syllables.
_DRAWN = regex.compile(
    "[가-힣ㄱ-ㅣ][^가-힣ㄱ-ㅣ\\s.,?!~]|[^가-힣ㄱ-ㅣ\\s.,?!~][가-힣ㄱ-ㅣ]|[가-힣][ㅡㅋㅎㅠㅜ]+[가-힣]"
)
# 야민정음: syllables that look like others.
_LOOKS_LIKE = {"대": "머", "멍": "댕", "명": "띵", "귀": "커"}
_LAUGHTER = "ㅋ"
_CONTRACTED = frozenset("ㄴㄹㅁ")  # 바본데, 새낄
_SHORTEST_KEYED = 3  # characters; wl랄
_SHORTEST_SPOKEN = 5  # sibal; shorter ones are names and English words


class Form(NamedTuple):
    spelling: str
    letters: str
    said: str
    syllables: int
    letters_alone: bool  # ㅅㅂ
    latin: bool
    exact: bool = False  # only with these very letters: it is a disguise already
    squeezed: bool = False  # only where letters are typed alone


def forms_of(spelling: str) -> list[Form]:
    """Each distinct way to hear or type a word; none for a word of a single letter."""
    forms = [_form(spelling), _form(spelling, spaced=True), *_looking_like(spelling)]
    if forms[0].latin:
        forms.append(_typed_in_hangul(spelling))
    else:
        forms += [_squeezed(form) for form in forms]
    return [form for form in dict.fromkeys(forms) if len(form.letters) > 1]


def _looking_like(spelling: str) -> Iterator[Form]:
    for syllable, look in _LOOKS_LIKE.items():
        if syllable in spelling:
            yield _form(spelling.replace(syllable, look))._replace(exact=True)


def _form(spelling: str, *, spaced: bool = False) -> Form:
    folded = normalise(spelling if spaced else spelling.replace(" ", ""))
    return Form(
        spelling,
        folded.text,
        folded.said(0, len(folded.at)),
        sum(letter.opens for letter in folded.letters),
        all(letter.alone for letter in folded.letters) and not VOWELS & set(folded.text),
        bool(_LATIN.search(spelling)),
    )


def _typed_in_hangul(spelling: str) -> Form:
    """Latin typed with the keyboard in Hangul: fuck is ㄹㅕ차."""
    letters = "".join(letter.said for char in spelling for letter in keyed(char))
    return _form(letters)._replace(letters_alone=False, exact=True, squeezed=True)


def _squeezed(form: Form) -> Form:
    """With doubled letters once, as they are folded when they are typed alone: ㅈㅗㄴㄴㅏ."""
    pairs = [pair for pair, _ in groupby(zip(form.letters, form.said, strict=True))]
    return form._replace(
        letters="".join(letter for letter, _ in pairs),
        said="".join(said for _, said in pairs),
        squeezed=True,
    )


def readings_of(given: str) -> Iterator[tuple[Reading, Folded]]:
    """The ways a text is worth reading, folded: most text in one, a few words in others."""
    yield as_written, normalise(given)
    shown = plain(given)
    text = shown.text
    if _LATIN.search(text):
        words = _words_with(_LATIN, text)
        for reading in (as_keyed, as_spoken, as_leet):
            yield reading, fold(shown, reading, words)
    if _DRAWN.search(text):
        yield as_drawn, fold(shown, as_drawn, _words_with(_DRAWN, text))


def _words_with(what: "regex.Pattern[str]", text: str) -> list[Span]:
    """The words of a text that hold `what`, neighbours as one: tl qkf."""
    parts: list[Span] = []
    for word in _WORD.finditer(text):
        if what.search(word[0]):
            joins = parts and text[parts[-1][1] : word.start()].isspace()
            start = parts.pop()[0] if joins else word.start()
            parts.append((start, word.end()))
    return parts


@dataclass(slots=True)
class Candidate:
    """Letters `start` up to `end` of a text that are those of a form of a word."""

    folded: Folded
    reading: Reading
    form: Form
    start: int
    end: int

    @property
    def first(self) -> int:
        return self.folded.at[self.start]

    @property
    def last(self) -> int:
        text, last = self.folded.plain.lowered, self.folded.at[self.end - 1] + 1
        while self.form.latin and text[last : last + 1] == text[last - 1]:
            last += 1  # the second s of ass
        return last

    @property
    def shown(self) -> str:
        return self.folded.plain.lowered[self.first : self.last]

    def is_found(self, *, disguised: bool) -> bool:
        """Whether a reader reads the word here. `disguised`: also when it is spelt otherwise."""
        if not self.folded.letters[self.start].opens:
            return False
        if self.form.latin:
            return self._is_latin_word()
        if self.form.letters_alone:
            return self._stands_alone()
        if self._is_plain():
            return self.form.syllables > 1 or self._has_room()
        return disguised and self.folded.letters[self.end - 1].closes and self._is_disguise()

    def _is_plain(self) -> bool:
        whole = self.form.spelling.replace(" ", "")
        if self.folded.letters[self.end - 1].closes:
            return self.shown == whole or self.shown.split() == self.form.spelling.split()
        return self.shown[:-1] == whole[:-1] and self._contracts()

    def _contracts(self) -> bool:
        """바본데, 새낄: the particle is only a final of the last syllable."""
        said = self.folded.said(self.start, self.end)
        if said != self.form.said or said[-1] not in VOWELS or not self._is_one_token():
            return False
        final = self.folded.letters[self.end]
        return final.merged in _CONTRACTED and final.closes

    def _is_latin_word(self) -> bool:
        if self.reading not in (as_written, as_leet) or len(self.shown) < len(self.form.spelling):
            return False
        before, after = self._before(), self._after()
        return not (before and before[-1].isascii()) and (may_end_latin(after) or may_follow(after))

    def _stands_alone(self) -> bool:
        """Initial consonants mean a word only where no other consonant is typed beside them."""
        folded = self.folded
        if self.reading is not as_written or not all(self._alone()):
            return False
        return self._is_no_softer() and not (
            (not folded.starts_token(self.start) and self._is_consonant(self.start - 1))
            or (not folded.ends_token(self.end) and self._is_consonant(self.end))
        )

    def _is_consonant(self, at: int) -> bool:
        letter = self.folded.letters[at]
        return letter.alone and letter.said in CONSONANTS and letter.said != _LAUGHTER

    def _alone(self) -> Iterator[bool]:
        return (letter.alone for letter in self.folded.letters[self.start : self.end])

    def _is_disguise(self) -> bool:
        if self.form.syllables < 2 or not self._is_worth_reading() or not self._is_heard():
            return False
        return (self._is_one_token() and self.form.syllables > 2) or self._has_room()

    def _is_one_token(self) -> bool:
        return self.folded.token[self.start] == self.folded.token[self.end - 1]

    def _is_worth_reading(self) -> bool:
        """Text in another reading must hold enough of what that reading changes."""
        if self.form.squeezed and not any(self._alone()):
            return False
        if self.form.exact and self.reading is not as_written:
            return False
        if self.reading in (as_written, as_drawn):
            return not self._starts_with_a_bare_vowel()
        if self.reading is as_leet:
            return False
        shown, vowels = self.shown, sum(letter in VOWELS for letter in self.form.letters)
        if vowels < 2 or not _LATIN.search(shown):
            return False
        short = self.reading is as_keyed or _HANGUL.search(shown)
        return len(shown) >= (_SHORTEST_KEYED if short else _SHORTEST_SPOKEN)

    def _starts_with_a_bare_vowel(self) -> bool:
        """1세기, read by its shape, is no 이새끼."""
        first = self.folded.letters[self.start]
        return first.alone and not first.silent and first.merged in VOWELS

    def _is_heard(self) -> bool:
        """A space is a disguise of its own: with it, no vowel may change, nor the first letter."""
        said = self.folded.said(self.start, self.end)
        if self.form.exact:
            return said == self.form.said
        if self.reading is not as_spoken and any(char.isspace() for char in self.shown):
            return said[0] == self.form.said[0] and all(
                heard == meant or heard in TENSE
                for meant, heard in zip(self.form.said, said, strict=True)
            )
        return self._is_no_softer()

    def _is_no_softer(self) -> bool:
        """Short words are not known without their hard consonants, nor any without the first."""
        if self.reading is as_spoken:
            return True
        said = self.folded.said(self.start, self.end)
        return all(
            heard == meant
            or meant in VOWELS
            or (heard in TENSE and meant not in BREATHY)
            or (at > 0 and meant in TENSE and self.form.syllables > 2)
            for at, (meant, heard) in enumerate(zip(self.form.said, said, strict=True))
        )

    def _has_room(self) -> bool:
        if not self._is_one_token() and self._follows_a_digit():
            return False
        return may_precede(self._before()) and may_follow(self._after())

    def _follows_a_digit(self) -> bool:
        """7시 발표 holds no 시 발."""
        return self.first > 0 and self.folded.plain.text[self.first - 1].isdigit()

    def _before(self) -> str:
        at = self.start
        while at > 0 and self.start - at < TAIL_MAX and not self.folded.starts_token(at):
            at -= 1
        return self._heard_in(at, self.start)

    def _after(self) -> str:
        """What is left of the token. A letter typed alone, as in 바보ㅋㅋ, is no part of a word."""
        folded, at = self.folded, self.end
        typed = self.reading in (as_keyed, as_spoken)
        while at < self.end + TAIL_MAX and not folded.ends_token(at):
            if folded.letters[at].alone and not (
                typed and folded.plain.text[folded.at[at]].isascii()
            ):
                break
            at += 1
        return self._heard_in(self.end, at)

    def _heard_in(self, start: int, end: int) -> str:
        return "".join(letter.merged for letter in self.folded.letters[start:end])

"""Text folded to the letters it is heard as, with the way back to where each letter stood."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import regex

from board.moderation.words.letters import (
    ASPIRATED,
    DIPHTHONGS,
    FINALS,
    INITIALS,
    VOWELS,
    Letter,
    alone,
    drawn,
    keyed,
    leet,
    written,
)

Span = tuple[int, int]
Found = tuple[int, tuple[Letter, ...]]
# The letters of text[start:end], with the place of the character each came from.
Reading = Callable[[str, int, int], Iterator[Found]]

# Texts whose letters are kept: one post looks at the same text several times.
_KEPT = 32

# A character with all that hangs on it. Sorting a heap of marks takes the square of its height, so
# no more than a few of them are looked at.
_CLUSTER = regex.compile("(?s)(.[\\p{M}\u1160-\u11ff\ud7b0-\ud7ff]{0,8}+)[\\p{M}]*")
_INVISIBLE = regex.compile("[\\p{Mn}\\p{Me}\\p{Cf}\u115f\u1160\u3164\uffa0\u17b4\u17b5\u2800]")
_SURROGATE = regex.compile("[\ud800-\udfff]")
_UNUSUAL = regex.compile(
    "[\u1100-\u11ff\u3200-\u327f\uff01-\uffdc\u2460-\u24ff\U0001d400-\U0001d7ff]"
)
_CONJOINING = str.maketrans(
    {
        **{chr(0x1100 + at): initial for at, initial in enumerate(INITIALS)},
        **{chr(0x1161 + at): chr(ord("ㅏ") + at) for at in range(21)},
        **{chr(0x11A7 + at): final for at, final in enumerate(FINALS)},
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plain:
    """What a reader sees: NFC, nothing invisible, full-width and circled letters as usual ones."""

    text: str
    lowered: str  # as long as `text`, and without lone surrogates
    spans: list[Span]  # in the original, one for each character

    def span(self, start: int, end: int) -> Span:
        """Where the characters from `start` up to `end` stood in the original."""
        return self.spans[start][0], self.spans[end - 1][1]


@dataclass(slots=True)
class Folded:
    """Letters heard alike spelt alike. Every list holds one entry for each letter of `text`."""

    plain: Plain
    letters: list[Letter] = field(default_factory=list)
    at: list[int] = field(default_factory=list)  # which character of `plain`
    token: list[int] = field(default_factory=list)  # which run of letters without a gap

    @property
    def text(self) -> str:
        return "".join([letter.merged for letter in self.letters])

    @property
    def spans(self) -> list[Span]:
        """Where each letter stood in the original text: characters from, up to."""
        return [self.plain.spans[at] for at in self.at]

    def said(self, start: int, end: int) -> str:
        return "".join(letter.said for letter in self.letters[start:end])

    def starts_token(self, at: int) -> bool:
        return at == 0 or self.token[at - 1] != self.token[at]

    def ends_token(self, at: int) -> bool:
        return at == len(self.at) or self.token[at] != self.token[at - 1]

    def add(self, letter: Letter, at: int, token: int) -> None:
        if self.letters and self.token[-1] == token:
            before = self.letters[-1]
            # Most letters need no closer look: this is the dearest loop there is.
            if (
                letter.merged == before.merged
                or letter.said == "ㅎ"
                or (letter.alone and before.alone)
            ):
                one = _one_sound(before, letter, touches=self.at[-1] != at)
                if one is before:  # held down: nothing more is said
                    return
                if one:
                    self.letters[-1] = one
                    self._stretch()
                    return
        self.letters.append(letter)
        self.at.append(at)
        self.token.append(token)

    def _stretch(self) -> None:
        """ㅅㅣㅇㅣ is 시이, and no more than 시."""
        if len(self.letters) > 1 and self.letters[-1].silent and self.token[-2] == self.token[-1]:
            before = self.letters[-2]
            if before.merged == self.letters[-1].merged:
                self.letters[-2:] = [before._replace(closes=True)]
                del self.at[-1], self.token[-1]


def _one_sound(before: Letter, letter: Letter, *, touches: bool) -> Letter | None:
    """The one letter that two are heard as, if they are. `touches`: they are of two characters."""
    if letter.merged != before.merged:
        if letter.said == "ㅎ" and touches and not letter.alone and before.said in ASPIRATED:
            return before._replace(said=ASPIRATED[before.said])  # 색히 is 새키
        if before.alone and before.said == "ㅇ" and letter.alone and letter.merged in VOWELS:
            return letter._replace(silent=True)  # ㅇㅣ is 이
        if before.alone and letter.alone and before.said + letter.said in DIPHTHONGS:
            return alone(DIPHTHONGS[before.said + letter.said])._replace(silent=before.silent)
        return None
    twice = letter.said == before.said != "ㅇ" and (letter.typed or before.typed)
    if letter.merged in VOWELS or twice:
        # 시이발, 시ㅂ발
        return before._replace(closes=True) if letter.closes > before.closes else before
    if touches and letter.said != before.said and not (letter.alone or before.alone):
        return letter  # 색끼 is 새끼
    return None


@lru_cache(maxsize=_KEPT)
def plain(text: str) -> Plain:
    """`text` as a reader sees it. Never raises, whatever the string holds; linear in its length."""
    if _is_ordinary(text):
        return Plain(text, _lowered(text), list(pairwise(range(len(text) + 1))))
    found = list(_characters(text))
    shown = "".join(char for char, _span in found)
    return Plain(shown, _lowered(shown), [span for _char, span in found])


def _is_ordinary(text: str) -> bool:
    """As nearly all texts are: each character is shown as it is."""
    if text.isascii():
        return True
    odd = _UNUSUAL.search(text) or _INVISIBLE.search(text)
    return not odd and unicodedata.is_normalized("NFC", text)


def _lowered(text: str) -> str:
    lowered = text.lower()
    if len(lowered) != len(text):
        lowered = "".join(char.lower()[0] for char in text)
    return _SURROGATE.sub("\ufffd", lowered)


def _characters(text: str) -> Iterator[tuple[str, Span]]:
    for cluster in _CLUSTER.finditer(text):
        # Never NFKC on the whole: it makes of ㅅㅂ, which are letters, an unfinished syllable.
        for char in unicodedata.normalize("NFC", cluster[1]):
            if not _INVISIBLE.match(char):
                yield from ((shown, cluster.span()) for shown in _ordinary(char))


def _ordinary(char: str) -> str:
    """ｓ as s, ㉦ as ㅅ, a conjoining ᄉ as the letter ㅅ."""
    if not _UNUSUAL.match(char):
        return char
    return unicodedata.normalize("NFKC", char).strip("()").translate(_CONJOINING)


def by_character(read: Callable[[str], tuple[Letter, ...]]) -> Reading:
    def reading(text: str, start: int, end: int) -> Iterator[Found]:
        return ((at, read(text[at])) for at in range(start, end))

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


def as_spoken(text: str, start: int, end: int) -> Iterator[Found]:
    """Latin read aloud in Korean: sibal is 시발."""
    for sound in _ROMAN_SOUND.finditer(text, start, end):
        letter = _ROMAN.get(sound[0].lower())
        yield sound.start(), (alone(letter),) if letter else written(sound[0])


as_written = by_character(written)
as_drawn = by_character(drawn)
as_keyed = by_character(keyed)
as_leet = by_character(leet)


@lru_cache(maxsize=_KEPT)
def normalise(text: str) -> Folded:
    """`text` as it stands, folded. Never raises, whatever it holds; linear in its length.

    To be read, not changed: it is the same for everyone who asks.
    """
    shown = plain(text)
    return fold(shown, as_written, [(0, len(shown.text))])


def fold(shown: Plain, reading: Reading, parts: Iterable[Span]) -> Folded:
    """What `reading` makes of those parts of a text, none of which touch."""
    folded, token = Folded(shown), 0
    for start, end in parts:
        token += 1
        for at, letters in reading(shown.text, start, end):
            if not letters:
                token += 1
            for letter in letters:
                folded.add(letter, at, token)
    return folded

"""Text folded to the letters it is heard as, with the way back to where each letter stood."""

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import regex

from board.moderation.words.letters import (
    ASPIRATED,
    VOWELS,
    Letter,
    alone,
    drawn,
    keyed,
    leet,
    written,
)

Span = tuple[int, int]
Found = tuple[int, Iterable[Letter]]
Reading = Callable[[str], Iterator[Found]]

# A character with all that hangs on it. Sorting a heap of marks takes the square of its height, so
# no more than a few of them are looked at.
_CLUSTER = regex.compile("(?s)(.[\\p{M}\u1160-\u11ff\ud7b0-\ud7ff]{0,8}+)[\\p{M}]*")
_INVISIBLE = regex.compile("[\\p{Mn}\\p{Me}\\p{Cf}\u115f\u1160\u3164\uffa0\u17b4\u17b5\u2800]")
_SURROGATE = regex.compile("[\ud800-\udfff]")
_UNUSUAL = regex.compile("[\u1100-\u11ff\u3200-\u327f\uff01-\uffdc\u2460-\u24ff\U0001d400-\U0001d7ff]")
_CONJOINING = str.maketrans(
    {
        **{chr(0x1100 + at): letter for at, letter in enumerate("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")},
        **{chr(0x1161 + at): chr(ord("ㅏ") + at) for at in range(21)},
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Plain:
    """What a reader sees: NFC, nothing invisible, full-width and circled letters as ordinary ones."""

    text: str
    spans: list[Span]  # in the original, one for each character

    @property
    def lowered(self) -> str:
        lowered = self.text.lower()
        if len(lowered) != len(self.text):
            lowered = "".join(char.lower()[0] for char in self.text)
        return _SURROGATE.sub("\ufffd", lowered)

    def span(self, start: int, end: int) -> Span:
        """Where the characters from `start` up to `end` stood in the original."""
        return self.spans[start][0], self.spans[end - 1][1]


@dataclass(slots=True)
class Folded:
    """Letters heard alike spelt alike. Every list holds one entry for each letter of `text`."""

    plain: Plain
    letters: list[str] = field(default_factory=list)
    said: list[str] = field(default_factory=list)  # before they were merged
    at: list[int] = field(default_factory=list)  # which character of `plain`
    token: list[int] = field(default_factory=list)  # which run of letters without a gap
    opens: list[bool] = field(default_factory=list)
    closes: list[bool] = field(default_factory=list)
    alone: list[bool] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.letters)

    @property
    def spans(self) -> list[Span]:
        """Where each letter stood in the original text: characters from, up to."""
        return [self.plain.spans[at] for at in self.at]

    def starts_token(self, at: int) -> bool:
        return at == 0 or self.token[at - 1] != self.token[at]

    def ends_token(self, at: int) -> bool:
        return at == len(self.at) or self.token[at] != self.token[at - 1]

    def add(self, letter: Letter, at: int, token: int) -> None:
        if self.letters and self.token[-1] == token and self._said_already(letter, at):
            return
        self.letters.append(letter.merged)
        self.said.append(letter.said)
        self.at.append(at)
        self.token.append(token)
        self.opens.append(letter.opens)
        self.closes.append(letter.closes)
        self.alone.append(letter.alone)

    def _said_already(self, letter: Letter, at: int) -> bool:
        """True if nothing is to be added: the letter only stretches, or hardens, the one before."""
        before, touches = self.said[-1], self.at[-1] != at
        if before == "ㅇ" and self.alone[-1] and letter.alone and letter.merged in VOWELS:
            self._replace(letter)  # ㅇㅣ is 이, and a first ㅇ is silent
            return True
        if letter.said == "ㅎ" and before in ASPIRATED and touches and not letter.alone:
            self.said[-1] = ASPIRATED[before]
            return True
        if letter.merged != self.letters[-1]:
            return False
        if letter.merged in VOWELS or letter.said == before and (letter.alone or self.alone[-1]):
            self.closes[-1] |= letter.closes
            return True
        if touches and not letter.alone and not self.alone[-1] and letter.said != before:
            self.said[-1], self.opens[-1] = letter.said, letter.opens  # 색끼 is 새끼
            self.closes[-1] = letter.closes
            return True
        return False

    def _replace(self, letter: Letter) -> None:
        self.letters[-1], self.said[-1], self.closes[-1] = letter.merged, letter.said, True
        if len(self.letters) > 1 and self.letters[-2] == letter.merged:
            for kept in (self.letters, self.said, self.at, self.token):
                kept.pop()  # type: ignore[attr-defined]
            for flags in (self.opens, self.closes, self.alone):
                flags.pop()


def plain(text: str) -> Plain:
    """`text` as a reader sees it. Never raises, whatever the string holds; linear in its length."""
    chars: list[str] = []
    spans: list[Span] = []
    for shown, span in _characters(text):
        chars.append(shown)
        spans.append(span)
    return Plain("".join(chars), spans)


def _characters(text: str) -> Iterator[tuple[str, Span]]:
    if text.isascii():
        yield from ((char, (at, at + 1)) for at, char in enumerate(text))
        return
    odd = not unicodedata.is_normalized("NFC", text) or _UNUSUAL.search(text)
    if not odd and not _INVISIBLE.search(text):
        yield from ((char, (at, at + 1)) for at, char in enumerate(text))
        return
    for cluster in _CLUSTER.finditer(text):
        # Never NFKC on the whole: it would join ㅅㅂ, which are letters, into an unfinished syllable.
        for char in unicodedata.normalize("NFC", cluster[1]):
            if not _INVISIBLE.match(char):
                yield from ((shown, cluster.span()) for shown in _ordinary(char))


def _ordinary(char: str) -> str:
    """ｓ as s, ㉦ as ㅅ, a conjoining ᄉ as the letter ㅅ."""
    if not _UNUSUAL.match(char):
        return char
    return unicodedata.normalize("NFKC", char).strip("()").translate(_CONJOINING)


def by_character(read: Callable[[str], Iterable[Letter]]) -> Reading:
    def reading(text: str) -> Iterator[Found]:
        return ((at, read(char)) for at, char in enumerate(text))

    return reading


_ROMAN = {
    **dict.fromkeys(("kk", "gg"), "ㄲ"), **dict.fromkeys(("tt", "dd"), "ㄸ"),
    **dict.fromkeys(("pp", "bb"), "ㅃ"), **dict.fromkeys(("ss",), "ㅆ"), "ssh": "ㅆ", "jj": "ㅉ", "zz": "ㅉ",
    "ch": "ㅊ", "sh": "ㅅ", "ng": "ㅇ", "g": "ㄱ", "k": "ㄱ", "n": "ㄴ", "d": "ㄷ", "t": "ㄷ", "r": "ㄹ", "l": "ㄹ",
    "m": "ㅁ", "b": "ㅂ", "p": "ㅂ", "v": "ㅂ", "s": "ㅅ", "j": "ㅈ", "z": "ㅈ", "h": "ㅎ", "q": "ㄱ", "c": "ㄱ",
    "yae": "ㅐ", "yeo": "ㅕ", "wae": "ㅙ", "ae": "ㅐ", "ai": "ㅐ", "ya": "ㅑ", "ye": "ㅖ", "yo": "ㅛ", "yu": "ㅠ",
    "eo": "ㅓ", "eu": "ㅡ", "oo": "ㅜ", "ee": "ㅣ", "wa": "ㅘ", "wo": "ㅝ", "we": "ㅞ", "wi": "ㅟ", "ui": "ㅢ",
    "oe": "ㅚ", "a": "ㅏ", "e": "ㅔ", "i": "ㅣ", "o": "ㅗ", "u": "ㅜ", "y": "ㅣ",
}  # fmt: skip
_ROMAN_SOUND = regex.compile(
    "ng(?![aeiouwy])|" + "|".join(sorted(set(_ROMAN) - {"ng"}, key=len, reverse=True)) + "|(?s:.)",
    regex.IGNORECASE,
)


def as_spoken(text: str) -> Iterator[Found]:
    """Latin read aloud in Korean: sibal is 시발."""
    for sound in _ROMAN_SOUND.finditer(text):
        letter = _ROMAN.get(sound[0].lower())
        yield sound.start(), (alone(letter),) if letter else written(sound[0])


as_written = by_character(written)
as_drawn = by_character(drawn)
as_keyed = by_character(keyed)
as_leet = by_character(leet)


def normalise(text: str) -> Folded:
    """`text` as it stands, folded. Never raises, whatever the string holds; linear in its length."""
    return fold(plain(text), as_written)


def fold(shown: Plain, reading: Reading) -> Folded:
    folded, token = Folded(shown), 0
    for at, letters in reading(shown.text):
        found = False
        for letter in letters:
            folded.add(letter, at, token)
            found = True
        if not found:
            token += 1
    return folded

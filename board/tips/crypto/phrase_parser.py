"""Words as people type them: in any spelling and layout, with numbers and marks, or run together.

Everything is compared by keystrokes, so `akfus`, typed with the input method off, is 마련. Nothing
is guessed: what can be read in two ways is refused.
"""

import enum
import re
import unicodedata
from collections.abc import Callable, Iterator
from unicodedata import category

from board.text.keyboard import keystrokes
from board.tips.crypto import wordlist

Words = tuple[str, ...]
_READINGS_MAX = 1000  # of one text; honest ones have one
_INVISIBLE = {"Cf", "Mn", "Me"}  # zero-width characters, and marks such as those of emoji digits
_FILLERS = re.compile("[\u115f\u1160\u3164\uffa0]")  # of Hangul: they show nothing
_ORDINAL = re.compile(r"(?<!\d)\d+번째?(?![가-힣])")  # each run of digits is read once
_WORD = re.compile("[가-힣ㄱ-ㅣA-Za-z]+")


class Fault(enum.Enum):
    UNKNOWN = enum.auto()  # words that are not in the list
    COUNT = enum.auto()  # too few or too many words
    DIGIT_COUNT = enum.auto()
    AMBIGUOUS = enum.auto()  # can be read in two ways
    CHECKSUM = enum.auto()  # all in the list, but they do not belong together
    DIGIT_CHECKSUM = enum.auto()


class InvalidPhrase(ValueError):
    """Not a valid code or phrase. It never quotes what was typed.

    positions: the words that are not in the list, counted from 1.
    typed, wanted: how many words or digits; `typed` is 0 where that cannot be told.
    """

    def __init__(
        self, fault: Fault, *, positions: tuple[int, ...] = (), typed: int = 0, wanted: int = 0
    ) -> None:
        super().__init__(fault.name)
        self.fault, self.positions, self.typed, self.wanted = fault, positions, typed, wanted


def plain(typed: str) -> str:
    """The text in composed, half-width characters, without invisible ones."""
    text = "".join(char for char in _FILLERS.sub("", typed) if category(char) not in _INVISIBLE)
    text = "".join(map(_half_width, unicodedata.normalize("NFC", text)))
    return unicodedata.normalize("NFC", text)


def tokens(text: str) -> list[str]:
    """Runs of letters in a plain text: numbers and marks between words mean nothing."""
    return _WORD.findall(_ORDINAL.sub(" ", text))


def parse(typed: str, count: int, *, accept: Callable[[Words], bool] | None = None) -> Words:
    """The `count` words of the list that were typed. Raises InvalidPhrase.

    accept: whether words belong together. Without it, a long word is not read as two to make up
    for a missing one. Each word may be its first two syllables. Spaces are ignored only where the
    words cannot be read with them.
    """
    typed_words = tokens(plain(typed))
    for text in (" ".join(typed_words), "".join(typed_words)):
        for layouts in _layouts(text):
            readings = {words for each in layouts for words in _split(_keys(each), count)}
            accepted = {words for words in readings if accept is None or accept(words)}
            if accepted and (accept or not _lacks_words(typed_words, count)):
                return _only(accepted)
            if readings:
                raise _do_not_belong_together(typed_words, count)
    raise _what_is_wrong(typed_words, count)


def listed_words(token: str) -> Words:
    """The words of the list run together in a token; empty if it is anything else."""
    for keys in (_keys(each) for layouts in _layouts(token) for each in sorted(layouts)):
        count, is_complete = _count_words(keys)
        if is_complete:
            return min(_split(keys, count), default=())
    return ()


def _only(readings: set[Words]) -> Words:
    if len(readings) > 1:
        raise InvalidPhrase(Fault.AMBIGUOUS)
    return readings.pop()


def _do_not_belong_together(typed_words: list[str], count: int) -> InvalidPhrase:
    """Or they are as many words only if one of them is read as two."""
    as_typed = _what_is_wrong(typed_words, count)
    is_count_wrong = as_typed.fault is Fault.COUNT and as_typed.typed != count
    return as_typed if is_count_wrong else InvalidPhrase(Fault.CHECKSUM)


def _lacks_words(typed_words: list[str], count: int) -> bool:
    as_typed = _what_is_wrong(typed_words, count)
    return as_typed.fault is Fault.COUNT and 0 < as_typed.typed < count


def _layouts(text: str) -> list[set[str]]:
    """How the text may have been meant, the likeliest first; those in one set are equally likely.

    Shift types another letter of Hangul; Caps Lock and phones' automatic capitals mean none.
    """
    if text.isupper():
        return [{text, text.lower()}]
    return [{text}, {text.swapcase(), text.lower()}] if text != text.lower() else [{text}]


def _split(keys: str, count: int) -> set[Words]:
    """All ways to read the keystrokes as `count` words; none goes across a space."""
    begun: list[tuple[int, Words]] = [(0, ())]
    for _ in range(count):
        begun = [
            (end, (*words, word)) for start, words in begun for end, word in _words_at(keys, start)
        ][:_READINGS_MAX]
    return {words for end, words in begun if end == len(keys)}


def _words_at(keys: str, start: int) -> Iterator[tuple[int, str]]:
    """The words that can be read from here, and where each ends."""
    start += keys.startswith(" ", start)
    for end in (start + length for length in wordlist.lengths()):
        if word := wordlist.by_keystrokes().get(keys[start:end]):
            yield min(end, len(keys)), word


def _what_is_wrong(typed_words: list[str], count: int) -> InvalidPhrase:
    if typed_words and all(len(word) == 1 for word in typed_words):
        typed_words = ["".join(typed_words)]
    unknown, number, is_counted = [], 0, True
    for word in typed_words:
        known, is_complete = _count_words(_keys(word))
        number += known
        if not is_complete:
            number += 1
            unknown.append(number)
            is_counted &= len(_keys(word)) <= wordlist.lengths()[-1]
    fault = Fault.UNKNOWN if unknown else Fault.COUNT
    return InvalidPhrase(
        fault, positions=tuple(unknown), typed=number if is_counted else 0, wanted=count
    )


def _count_words(keys: str) -> tuple[int, bool]:
    """How many words the keystrokes begin with, at least, and whether nothing is left."""
    reached = {0: 0}  # words up to each place
    for start in range(len(keys)):
        for end, _word in _words_at(keys, start) if start in reached else ():
            reached[end] = min(reached.get(end, end), reached[start] + 1)
    if len(keys) in reached:
        return reached[len(keys)], True
    # A token no longer than a word is one word, however it begins.
    return (reached[max(reached)], False) if len(keys) > wordlist.lengths()[-1] else (0, False)


def _keys(text: str) -> str:
    return "".join(" " if char == " " else keystrokes(char) for char in text)


def _half_width(char: str) -> str:
    # Letters typed alone stay: this form would make each the beginning of a syllable.
    return char if "ㄱ" <= char <= "ㅣ" else unicodedata.normalize("NFKC", char)

"""False positives: matches that are not abuse.

Allowed words, as 새끼손가락, and homonyms: words of abuse with a plain sense, as 새끼 of animals,
told by what is beside them.
"""

import tomllib
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

import regex

from board.moderation.word_filter.automaton import Automaton
from board.moderation.word_filter.visible_text import visible_text

_FILE = Path(__file__).with_name("homonyms.toml")
_REACH = 15  # characters before and after the word that are read
_SYLLABLE, _ODD, _SPACE = map(regex.compile, ("[가-힣]", r"[^가-힣\s~ㅡ-]", r"\s"))


class AllowedWords:
    """Words as they are spelt, in which a match of a rule is none.

    A star at its end or start keeps what shares only its last or first letters from being found:
    날개* means that 날개같은 is no 개같은, *빨리 that 혼자빨리 is no 자빨.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._automaton = Automaton(
            (spelling, word)
            for word in words
            for spelling in with_and_without_spaces(word.strip("*"))
        )

    def covered_in(self, lowered: str) -> Callable[[int, int], bool]:
        """Tells whether allowed words of the text cover a place, from its start to its end."""
        found = sorted((start, end, word) for word, start, end in self._automaton.find(lowered))
        starts = [start for start, *_ in found]
        reach = [0, *accumulate((end for _, end, _ in found), max)]  # of the first 0, 1, 2 … words
        shared_first = _inside(place for place in found if place[2].startswith("*"))
        shared_last = _inside(place for place in found if place[2].endswith("*"))
        return lambda start, end: (
            end <= reach[bisect_right(starts, start)] or start in shared_last or end in shared_first
        )


def with_and_without_spaces(word: str) -> Iterator[str]:
    spelling = " ".join(visible_text(word).lowered.split())
    if spelling:
        yield spelling
        yield spelling.replace(" ", "")


def _inside(places: Iterable[tuple[int, int, str]]) -> set[int]:
    """Characters between the first and the last of words."""
    return {at for start, end, _ in places for at in range(start + 1, end)}


class Homonym(NamedTuple):
    """A word of abuse, and what gives it its plain sense."""

    word: str
    beside: Automaton[None]  # finds words that do, near it
    # In the text around it, where the word itself is a line break. None: nothing does.
    plain: "regex.Pattern[str] | None"
    abusive: "regex.Pattern[str] | None"

    @classmethod
    def from_row(cls, row: dict[str, Any]) -> "Homonym":
        plain = _next_to(row.get("before"), row.get("after"))
        abusive = _next_to(row.get("not_before"), row.get("not_after"))
        beside = Automaton((word, None) for word in row.get("beside", ()))
        return cls(row["word"], beside, plain, abusive)

    def is_plain(self, lowered: str, at: int) -> bool:
        """True for the word at this place of a lowered text in its plain sense."""
        end = at + len(self.word)
        around = f"{lowered[max(0, at - _REACH) : at]}\n{lowered[end : end + _REACH]}"
        plain = bool(self.beside.find(around)) or _found(self.plain, around)
        return plain and not _found(self.abusive, around)


def _next_to(before: str | None, after: str | None) -> "regex.Pattern[str] | None":
    sides = [rf"(?:{before})(?=\n)"] * bool(before) + [rf"(?<=\n)(?:{after})"] * bool(after)
    return regex.compile("|".join(sides), regex.VERBOSE) if sides else None


def _found(pattern: "regex.Pattern[str] | None", text: str) -> bool:
    return bool(pattern and pattern.search(text))


@cache
def _homonyms() -> list[Homonym]:
    rows = tomllib.loads(_FILE.read_text(encoding="utf-8"))["homonym"]
    return [Homonym.from_row(row) for row in rows]


def homonyms_in(lowered: str) -> list[Homonym]:
    return [homonym for homonym in _homonyms() if homonym.word in lowered]


def has_plain_sense(homonyms: list[Homonym], lowered: str, start: int, end: int) -> bool:
    """True if abuse found from `start` up to `end` is a homonym as spelt, in its plain sense.

    Letters of the word before may have been taken with it: 기린이 새끼를 is no 이 새끼.
    """
    for homonym in homonyms:
        at = lowered.find(homonym.word, start, end)
        if at == start or (at > start > 0 and lowered[start - 1].isalnum()):
            return homonym.is_plain(lowered, at)
    return False


def is_parted(lowered: str, start: int, end: int) -> bool:
    """True if a sign or a letter typed alone parts the syllables: 죽1어, 죽ㅇㅓ; a space does not,
    nor what only draws a word out: 죽~어.

    A sign that parts the word beside it as well spells something out: 가.보.지.마, 1남2녀.
    """
    odd = _ODD.search(lowered, start, end)
    if not odd or _SPACE.search(lowered, start, end):
        return False
    sign, after = odd[0], lowered[end : end + 1]
    if sign.isalpha():
        return True
    if after.isdigit() and sign.isdigit():
        return False
    return lowered[max(0, start - 1) : start] != sign and not (
        after == sign and _SYLLABLE.match(lowered, end + 1)
    )

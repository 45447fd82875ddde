"""Patterns of whole words, with `*` for any letters or none and `?` for one.

No pattern is slow: the text between two stars is searched once, from left to right (atomic
groups), so the time grows with the text and not with the number of stars.
"""

from bisect import bisect_right
from typing import NamedTuple, Self

import regex

_WORD = regex.compile(r"\S+")
_EDGES = "\"'`.,!?~…·:;()[]{}<>“”‘’「」『』ㅋㅎㅠㅜ"
_WILD = regex.compile(r"[*?\s]+")


def anchor_of(text: str) -> str:
    """The longest literal part of a pattern, which a text must contain to match."""
    return max(_WILD.split(text), key=len)


class Words(NamedTuple):
    """The words of a text, without the quotes, punctuation and laughter around them."""

    texts: list[str]
    starts: list[int]

    @classmethod
    def from_text(cls, text: str) -> Self:
        words = cls([], [])
        for match in _WORD.finditer(text):
            bare = match[0].lstrip(_EDGES)
            words.starts.append(match.end() - len(bare))
            words.texts.append(bare.rstrip(_EDGES))
        return words

    def at(self, place: int) -> int:
        """The number of the word with the character at `place`; -1 before the first."""
        return bisect_right(self.starts, place) - 1

    def end(self, number: int) -> int:
        return self.starts[number] + len(self.texts[number])


class Pattern(NamedTuple):
    """A compiled pattern."""

    words: tuple["regex.Pattern[str]", ...]
    anchored: int  # the index of its word with the anchor

    @classmethod
    def from_text(cls, text: str) -> Self:
        words = text.split()
        anchor = anchor_of(text)
        holding = next(number for number, word in enumerate(words) if anchor in word)
        return cls(tuple(_compiled(word) for word in words), holding)

    def match(self, text: Words, number: int) -> tuple[int, int] | None:
        """The span matched if the anchor is in word `number` of the text, or None."""
        first = number - self.anchored
        last = first + len(self.words) - 1
        if first < 0 or last >= len(text.texts):
            return None
        pairs = zip(self.words, text.texts[first : last + 1], strict=True)
        if all(word.fullmatch(found) for word, found in pairs):
            return text.starts[first], text.end(last)
        return None


def _compiled(word: str) -> "regex.Pattern[str]":
    first, *others = (_literal(part) for part in word.split("*"))
    between = "".join(f"(?>.*?{part})" for part in others[:-1])
    return regex.compile(first + between + "".join(f".*{part}" for part in others[-1:]), regex.S)


def _literal(part: str) -> str:
    return "".join("." if char == "?" else regex.escape(char) for char in part)

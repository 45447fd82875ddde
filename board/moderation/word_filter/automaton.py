"""The automaton that finds many strings in a text in one pass (Aho-Corasick)."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from ahocorasick_rs import AhoCorasick

T = TypeVar("T")


class Automaton(Generic[T]):
    """Strings with a value each."""

    def __init__(self, items: Iterable[tuple[str, T]]) -> None:
        strings, self._values = [], []
        for string, value in items:
            strings.append(string)
            self._values.append(value)
        self._automaton = AhoCorasick(strings, store_patterns=False)

    def find(self, text: str) -> list[tuple[T, int, int]]:
        """The value of each match, with its first character and the one after its last."""
        places = self._automaton.find_matches_as_indexes(text, overlapping=True)
        return [(self._values[which], start, end) for which, start, end in places]

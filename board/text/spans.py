"""Spans of a text: splitting it where something is to be marked."""

from collections.abc import Iterable, Iterator


def split_by_spans(text: str, spans: Iterable[tuple[int, int]]) -> Iterator[tuple[str, bool]]:
    """The text in pieces, each with whether one of the spans covers it."""
    end = 0
    for start, stop in sorted(spans):
        start = max(start, end)
        if start < stop:
            yield text[end:start], False
            yield text[start:stop], True
            end = stop
    yield text[end:], False

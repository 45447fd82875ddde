"""Metric families: a counter or a histogram for each combination of labels.

All label values are known before the workers are forked, so each series has its cells.
"""

import time
from abc import ABC, abstractmethod
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from board.runtime.metrics.cells import cells

# Upper bounds in seconds.
BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Sample(NamedTuple):
    """A line of the exposition: `suffix` follows the name of the family."""

    value: float
    labels: Mapping[str, str] = {}
    suffix: str = ""


class Family(ABC):
    """What `/metrics` says of `name`. A family with `sparse` leaves out series that are zero."""

    kind: str
    _width: int  # cells of each series

    def __init__(self, name: str, text: str, *, sparse: bool = False, **labels: Sequence[str]):
        """`labels`: the values of each label; more may be added, of a family with one label."""
        self.name, self.text, self._sparse = name, text, sparse
        self._labels = tuple(labels)
        self._first: dict[tuple[str, ...], int] = {}
        self._values: dict[int, tuple[str, ...]] = {}
        for values in product(*labels.values()):
            self.add_series(*values)
        families[name] = self

    def add_series(self, *values: str) -> None:
        """Make room for these label values, unless there is."""
        if values not in self._first:
            self._first[values] = cells.reserve(self._width)
            self._values[self._first[values]] = values

    def cell(self, *values: str) -> int:
        """The first cell of the series with these label values. Raises KeyError."""
        return self._first[values]

    def values_of(self, cell: int) -> tuple[str, ...]:
        """The label values of the series that begins with this cell; all empty if none does."""
        return self._values.get(cell, ("",) * len(self._labels))

    def samples(self, totals: Mapping[int, float]) -> Iterator[Sample]:
        for values, first in self._first.items():
            numbers = [totals.get(first + n, 0.0) for n in range(self._width)]
            if not self._sparse or any(numbers):
                yield from self._series(dict(zip(self._labels, values, strict=True)), numbers)

    @abstractmethod
    def _series(self, labels: dict[str, str], numbers: list[float]) -> Iterator[Sample]:
        """The lines of one series, from the numbers of its cells."""


families: dict[str, Family] = {}


class Counter(Family):
    kind, _width = "counter", 1

    def inc(self, *values: str) -> None:
        cells.own[self._first[values]] += 1

    def _series(self, labels: dict[str, str], numbers: list[float]) -> Iterator[Sample]:
        yield Sample(numbers[0], labels)


class Moment(Family):
    """When something happened last, in one process of all."""

    kind, _width = "gauge", 1

    def set(self) -> None:
        cells.own[self._first[()]] = time.time()

    def _series(self, labels: dict[str, str], numbers: list[float]) -> Iterator[Sample]:
        yield Sample(numbers[0], labels)


class Histogram(Family):
    kind, _width = "histogram", len(BUCKETS) + 2  # one for what is longer, and the sum

    def observe(self, seconds: float, *values: str) -> None:
        first = self._first[values]
        cell = first + bisect_left(BUCKETS, seconds)
        cells.own[cell] += 1
        cell = first + len(BUCKETS) + 1
        cells.own[cell] += seconds

    def _series(self, labels: dict[str, str], numbers: list[float]) -> Iterator[Sample]:
        *counts, total = numbers
        count = 0.0
        for bound, number in zip((*BUCKETS, "+Inf"), counts, strict=True):
            count += number
            yield Sample(count, {**labels, "le": str(bound)}, "_bucket")
        yield Sample(total, labels, "_sum")
        yield Sample(count, labels, "_count")

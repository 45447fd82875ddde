"""Cells: numbers in memory that the processes of `serve` share, each with a row of its own.

Prometheus’s library for Python would do, but its counter for several processes takes ten times as
long as an addition here, on the path of a cached page.
"""

import mmap
import os
from array import array
from typing import Any


class Cells:
    """A process adds to `own`, and anyone reads all rows. No lock: Python switches threads between
    calls, and `own[cell] += number` makes none, so no addition is lost if `number` is no call.

    Rows outlive their process: one that takes the place of a dead one goes on counting.
    """

    def __init__(self) -> None:
        self.own: Any = array("d")
        self._rows: list[Any] = [self.own]
        self._pid = self.reserve(1)

    def reserve(self, count: int) -> int:
        """The first of `count` new cells. Not after `share`: all processes know the same cells."""
        if len(self._rows) > 1:
            raise RuntimeError("metrics are made before the workers are")
        start = len(self.own)
        self.own.extend([0.0] * count)
        return start

    def share(self, processes: int) -> None:
        """Start from zero in memory for so many processes, which are forked afterwards; this one is
        the first of them."""
        size = len(self.own)
        memory = memoryview(mmap.mmap(-1, size * processes * 8)).cast("d")
        self._rows = [memory[at : at + size] for at in range(0, len(memory), size)]
        self.take(0)

    def take(self, number: int) -> None:
        """Called by each process: row `number` is its own; −1 is the last. One that was not forked,
        as on systems that cannot, keeps numbers of its own."""
        if number < len(self._rows):
            self.own = self._rows[number]
        self.own[self._pid] = os.getpid()

    def totals(self) -> dict[int, float]:
        """The sum of each cell that is not zero."""
        sums: dict[int, float] = {}
        for row in self._rows:
            for cell, number in enumerate(row):
                if number:
                    sums[cell] = sums.get(cell, 0) + number
        return sums

    def processes(self) -> list[int]:
        """The process ids, in the order of rows; 0 for a row that was not taken."""
        return [int(row[self._pid]) for row in self._rows]


cells = Cells()

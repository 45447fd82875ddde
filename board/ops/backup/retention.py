"""Retention: which backups are kept, by days, weeks and months.

Days are those on which a backup was made, so neither a pause nor a clock that jumps deletes many.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple


class Periods(NamedTuple):
    """How many days, weeks and months keep their last backup each."""

    days: int
    weeks: int
    months: int


_PERIOD_OF: tuple[Callable[[datetime], object], ...] = (
    lambda moment: moment.date(),
    lambda moment: moment.isocalendar()[:2],
    lambda moment: (moment.year, moment.month),
)


def kept(backups: Sequence[tuple[int, datetime]], periods: Periods) -> set[int]:
    """The numbers of those that are kept, of number and time of each, oldest first. The newest
    always is."""
    keep = {number for number, _ in backups[-1:]}
    for count, period_of in zip(periods, _PERIOD_OF, strict=True):
        last = {period_of(made_at): number for number, made_at in backups}
        keep |= {number for number in sorted(last.values(), reverse=True)[:count]}
    return keep

"""Places: how many bodies are received at a time, and how many of them for one network.

Who comes when all places are taken gets that of the slowest body, so slow clients keep nobody out.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from board.ops.server.pace import Pace
from board.web.request.body import TooManyUploads

SAFE = 3.0  # seconds for which nobody takes the place of a new body


@dataclass(eq=False)
class Arrival:
    """A body that is being received. `give_up` ends that."""

    network: str | None
    give_up: Callable[[], object]
    pace: Pace = field(default_factory=Pace)


class Places:
    """`total` places; up to `of_network` for one network, `unknown` for clients without one."""

    def __init__(self, total: int, *, of_network: int, unknown: int) -> None:
        self._total, self._of_network, self._unknown = total, of_network, unknown
        self._taken: list[Arrival] = []

    @contextmanager
    def place_for(self, arrival: Arrival) -> Iterator[None]:
        """Raises TooManyUploads."""
        if rivals := self._rivals(arrival):
            self._make_room(rivals)
        self._taken.append(arrival)
        try:
            yield
        finally:
            if arrival in self._taken:
                self._taken.remove(arrival)

    @property
    def received(self) -> int:
        """Bytes of all bodies in these places."""
        return sum(arrival.pace.moved for arrival in self._taken)

    def largest(self) -> Arrival:
        """The largest body of the network that has sent most."""
        of: Counter[str | None] = Counter()
        for arrival in self._taken:
            of[arrival.network] += arrival.pace.moved
        return max(self._taken, key=lambda each: (of[each.network], each.pace.moved))

    def _rivals(self, arrival: Arrival) -> list[Arrival]:
        """Those of whom one must go; nobody while there are places."""
        own = [each for each in self._taken if each.network == arrival.network]
        if len(own) >= (self._of_network if arrival.network else self._unknown):
            return own
        if len(self._taken) < self._total:
            return []
        counts = Counter(each.network for each in self._taken)
        most = max(counts.values())
        return [each for each in self._taken if counts[each.network] == most]

    def _make_room(self, rivals: list[Arrival]) -> None:
        old = [each for each in rivals if each.pace.age > SAFE]
        if not old:
            raise TooManyUploads
        slowest = min(old, key=lambda each: each.pace.rate)
        self._taken.remove(slowest)
        slowest.give_up()

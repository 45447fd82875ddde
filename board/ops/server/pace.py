"""Pace: how slow a client may be, in either direction."""

import time
from dataclasses import dataclass, field

GRACE = 15.0  # seconds for the first bytes, and for the whole of a small body
STALL_MAX = 30.0  # seconds without a byte
BYTES_PER_SECOND = 8 * 1024  # at least, on average; a slow telephone sends ten times as much


@dataclass
class Pace:
    """The progress of one body."""

    started: float = field(default_factory=time.monotonic)
    latest: float = field(default_factory=time.monotonic)
    moved: int = 0  # bytes

    def add(self, size: int) -> None:
        self.moved += size
        self.latest = time.monotonic()

    @property
    def age(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self.started

    @property
    def rate(self) -> float:
        """Bytes a second, on average."""
        return self.moved / max(self.age, 0.001)

    @property
    def seconds_left(self) -> float:
        """Until the client is too slow, if no byte comes."""
        deadline = self.started + GRACE + self.moved / BYTES_PER_SECOND
        return min(deadline, self.latest + STALL_MAX) - time.monotonic()

"""For what another thread, process or browser does: looked for again and again, with an end."""

import time
from collections.abc import Callable


def until(
    holds: Callable[[], object],
    what: str,
    *,
    seconds: float = 60,
    pause: Callable[[], object] = lambda: time.sleep(0.01),
) -> None:
    """Wait for it; raises AssertionError naming `what` has not happened in so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not in {seconds:g} s: {what}"
        pause()

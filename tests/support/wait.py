"""Waiting for an event in another thread, process or browser, with a time limit."""

import time
from collections.abc import Callable


def until(
    holds: Callable[[], object],
    what: str,
    *,
    seconds: float = 60,
    pause: Callable[[], object] = lambda: time.sleep(0.01),
) -> None:
    """Poll until `holds` is true; raises AssertionError with `what` after so many seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline, f"not in {seconds:g} s: {what}"
        pause()

"""Soak test: memory under a mixed load for minutes, to see whether it grows."""

import sys
import time

from bench import load
from bench.figures import slope
from bench.work import EVERY_20TH, Board

EVERY = 10  # seconds
WARM_UP = 3  # samples left out: memory taken once is not growth


def soak(board: Board, minutes: int) -> dict[str, float]:
    """Least, most and growth of the memory of a running server, in megabytes.

    The first half minute is left out.
    """
    script = board.posts(board.server, every=EVERY_20TH)()
    url = board.server.url("/")
    process = load.start(url, minutes * 60, connections=16, script=script)
    samples: list[tuple[float, float]] = []
    begin = time.monotonic()
    while process.poll() is None:
        time.sleep(EVERY)
        samples.append((time.monotonic() - begin, board.server.memory()))
        print(f"\r{samples[-1][0]:5.0f} s {samples[-1][1]:6.1f} MB", end="", file=sys.stderr)
    return memory_facts(samples[WARM_UP:])


def memory_facts(samples: list[tuple[float, float]]) -> dict[str, float]:
    """The same from samples of seconds and megabytes."""
    sizes = [size for _, size in samples]
    return {
        "least memory under load, MB": round(min(sizes), 1),
        "most memory under load, MB": round(max(sizes), 1),
        "memory gained in 10 minutes of it, MB": round(slope(samples) * 600, 2),
    }

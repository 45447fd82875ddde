"""Ceiling for posting: single-row commits in SQLite, as durable as the board's own.

`python -m bench.commits FILE SECONDS` prints JSON: the number of commits, commits a second, seconds
of processor time, and the median and 99th percentile of one commit in ms.
"""

import json
import sys
import time
from statistics import quantiles

from board.db import PRAGMAS, sqlite

_PRAGMAS = {name: PRAGMAS[name] for name in ("journal_mode", "synchronous", "secure_delete")}


def main(path: str, seconds: float) -> None:
    connection = sqlite.connect(path, isolation_level=None)
    for name, value in _PRAGMAS.items():
        connection.execute(f"PRAGMA {name} = {value}")
    connection.execute("CREATE TABLE IF NOT EXISTS row (id INTEGER PRIMARY KEY, body TEXT)")
    cpu_begin, begin, milliseconds = time.process_time(), time.perf_counter(), []
    while (started := time.perf_counter()) < begin + seconds:
        connection.execute("INSERT INTO row (body) VALUES (?)", ("가" * 100,))
        milliseconds.append((time.perf_counter() - started) * 1000)
    hundredths = quantiles(milliseconds, n=100)
    print(
        json.dumps(
            {
                "requests": len(milliseconds),
                "rate": len(milliseconds) / (time.perf_counter() - begin),
                "worked": time.process_time() - cpu_begin,
                "p50": hundredths[49],
                "p99": hundredths[98],
            }
        )
    )


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))

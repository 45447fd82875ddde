"""Gauges of the processes of `serve`, from /proc; nothing where there is none."""

import re
from collections.abc import Iterator
from pathlib import Path

from board.runtime.metrics.cells import cells
from board.runtime.metrics.exposition import Gauge
from board.runtime.metrics.families import Sample

# Of proc(5). FDSize is the size of the table of open files, at least 64. The number of files, and
# that of threads, would tell on a quiet board that somebody is connected or sends something.
_FIELDS = (
    ("VmRSS", 1024, "board_process_resident_memory_bytes", "Memory that a process occupies."),
    ("FDSize", 1, "board_process_file_slots", "Room for open files, which grows by doubling."),
)
_ROUND_TO = 1024 * 1024


def process_gauges() -> Iterator[Gauge]:
    """`process`: 0 is the one that starts the others, the last is the background worker."""
    processes = [(str(number), _status(pid)) for number, pid in enumerate(cells.processes()) if pid]
    up = [Sample(float(bool(status)), {"process": number}) for number, status in processes]
    yield Gauge("board_process_up", "Whether the process runs.", up)
    for field, unit, name, text in _FIELDS:
        samples = [
            Sample(_rounded(int(status[field]) * unit), {"process": number})
            for number, status in processes
            if field in status
        ]
        yield Gauge(name, text, samples)


def _status(pid: int) -> dict[str, str]:
    """The fields that are numbers; none of a process that is gone."""
    try:
        text = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return {}
    return dict(re.findall(r"^(\w+):\s+(\d+)", text, re.M))


def _rounded(number: int) -> int:
    """Of memory, whole mebibytes."""
    return -(-number // _ROUND_TO) * _ROUND_TO if number >= _ROUND_TO else number

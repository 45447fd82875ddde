"""What one file may cost: memory, processor time, threads, and no open files."""

import ctypes
import resource
from contextlib import suppress
from pathlib import Path

from ..results import WorkerLimits

# HEIC needs a thread, and libheif ends the process if it gets none. The kernel counts those of the
# whole user, unless the process has users of its own: the limit then has to leave room for the
# server and everything else that runs as this user, or HEIC fails as soon as much is going on.
THREADS = 64
THREADS_OF_USER = 4096
_ARENA_MAX = -8  # of mallopt(3)


def die_first() -> None:
    """When the machine runs out of memory, let the kernel end this process before the server."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")
    with suppress(AttributeError):  # only glibc has heaps by thread: each takes address space
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


def limit(limits: WorkerLimits, *, threads: int) -> None:
    for kind, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, 0),  # none in addition to the pipes: no file, no socket
        (resource.RLIMIT_NPROC, threads),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_AS, limits.memory),
    ):
        with suppress(ValueError, OSError):  # a stricter limit already applies
            resource.setrlimit(kind, (most, most))

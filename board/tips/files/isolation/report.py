"""Tries what isolation must prevent, in a process of its own, for `doctor`."""

import json
import os
import socket
from collections.abc import Callable

from ..results import WorkerLimits
from . import isolate


def main() -> None:
    """Write the names of the layers, and what was possible behind them."""
    layers = isolate(WorkerLimits())
    possible = [name for name, attempt in ATTEMPTS.items() if _succeeds(attempt)]
    print(json.dumps({"layers": sorted(layers), "possible": possible}))


def _fork() -> None:
    if os.fork() == 0:
        os._exit(0)


ATTEMPTS: dict[str, Callable[[], object]] = {
    "read files": lambda: os.open("/", os.O_RDONLY),
    "start programs": _fork,
    "reach the network": socket.socket,
    "signal the server": lambda: os.kill(os.getppid(), 0),
}


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True

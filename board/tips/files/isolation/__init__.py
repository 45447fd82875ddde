"""Isolates the worker: afterwards it can compute, read its input and write its answer.

Landlock and seccomp each keep every file of the machine from it, so either is enough to open a
file of a source; without both none is opened. The other layers stand behind them. Everything the
worker needs must be loaded before, because no library can be opened afterwards.
"""

import sys

from ..results import WorkerLimits
from . import landlock, privileges, resources, seccomp

FILE_LAYERS = frozenset({"Landlock", "seccomp"})


def isolate(limits: WorkerLimits) -> frozenset[str]:
    """Enter every layer this machine has, and return their names."""
    if sys.platform != "linux":
        resources.limit(limits, threads=resources.THREADS_OF_USER)
        return frozenset()
    resources.die_first()
    layers = {"Landlock": landlock.forbid_files(), "no privileges": privileges.drop()}
    layers["own network"] = privileges.leave_network()
    privileges.leave_capabilities()
    own = layers["own network"]
    resources.limit(limits, threads=resources.THREADS if own else resources.THREADS_OF_USER)
    layers["seccomp"] = seccomp.install()
    return frozenset(name for name, holds in layers.items() if holds)

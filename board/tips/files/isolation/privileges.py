"""Gives up what the user may do: root becomes nobody, and nobody keeps a capability."""

import ctypes
import os
import signal
from contextlib import suppress

from . import linux

_NOBODY = 65534  # the kernel's overflow user: it owns no file
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000  # of unshare(2)
_CAPABILITIES_VERSION = 0x20080522


def drop() -> bool:
    """Whether the process is not root. In a container root may lack the right to become nobody."""
    if os.geteuid() == 0:
        with suppress(OSError):
            os.setgroups([])
            os.setresgid(_NOBODY, _NOBODY, _NOBODY)
            os.setresuid(_NOBODY, _NOBODY, _NOBODY)
    return os.geteuid() != 0


def leave_network() -> bool:
    """Whether the process has users and a network of its own, with nobody on it. Some machines
    and most containers refuse.
    """
    return linux.unshare(_NEW_USERS | _NEW_NETWORK)


def leave_capabilities() -> None:
    """Give up every capability, refuse to be traced, and die when the server does."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITIES_VERSION, 0)
    linux.set_capabilities(header, (ctypes.c_uint32 * 6)())
    linux.forbid_tracing()
    linux.die_with_parent(signal.SIGKILL)

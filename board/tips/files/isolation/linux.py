"""System calls that Python has no function for."""

import ctypes
from typing import Any

_libc = ctypes.CDLL(None, use_errno=True)
# Of prctl(2).
_PARENT_DEATH_SIGNAL, _DUMPABLE, _NO_NEW_PRIVILEGES = 1, 4, 38


def syscall(number: int, *arguments: Any) -> int:
    """The result, or -1 if the kernel refuses. Integers are passed in whole registers."""
    whole = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return int(_libc.syscall(ctypes.c_long(number), *whole))


def unshare(flags: int) -> bool:
    return bool(_libc.unshare(flags) == 0)


def set_capabilities(header: Any, capabilities: Any) -> None:
    _libc.capset(header, capabilities)


def set_no_new_privileges() -> None:
    """From here on no program that is run gets more rights than this process has."""
    _libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)


def forbid_tracing() -> None:
    """No debugger of the same user, and no core dump. Becoming another user resets it."""
    _libc.prctl(_DUMPABLE, 0, 0, 0, 0)


def die_with_parent(signal: int) -> None:
    """Send `signal` when the thread that started this process ends. Becoming another user resets
    it.
    """
    _libc.prctl(_PARENT_DEATH_SIGNAL, signal, 0, 0, 0)

"""Landlock (Linux 5.13 and newer): no path can be opened, made, changed, removed or run.

There are no exceptions. Newer kernels also refuse TCP, signals and abstract sockets. It needs no
privilege; see landlock(7) and linux/landlock.h for the numbers.
"""

import ctypes
import os

from . import linux

_CREATE_RULESET, _RESTRICT_SELF = 444, 446  # the same for every processor
_ASK_VERSION = 1
_TRUNCATES = 3  # the first version in which files cannot be truncated
# Rights over files by the version that brought them; each version knows all of those before.
_FILES = {1: 0x1FFF, 2: 0x3FFF, 3: 0x7FFF, 5: 0xFFFF}
_TCP = {4: 0b11}
_SCOPES = {6: 0b11}  # abstract sockets, signals


class _Ruleset(ctypes.Structure):
    _fields_ = [(name, ctypes.c_uint64) for name in ("files", "tcp", "scopes")]


def version() -> int:
    """The version of Landlock in this kernel; 0 or less if there is none."""
    return linux.syscall(_CREATE_RULESET, None, 0, _ASK_VERSION)


def forbid_files() -> bool:
    """Whether from here on the process, with all it starts, can reach no file. Needs one free
    descriptor and `no_new_privs`.
    """
    linux.set_no_new_privileges()
    found = version()
    ruleset = _Ruleset(*(_newest(rights, found) for rights in (_FILES, _TCP, _SCOPES)))
    # An older kernel refuses fields it does not know, unless they are zero.
    descriptor = linux.syscall(_CREATE_RULESET, ctypes.byref(ruleset), ctypes.sizeof(ruleset), 0)
    if descriptor < 0:
        return False
    restricted = linux.syscall(_RESTRICT_SELF, descriptor, 0) == 0
    os.close(descriptor)
    return restricted and found >= _TRUNCATES


def _newest(rights: dict[int, int], found: int) -> int:
    return max((mask for since, mask in rights.items() if since <= found), default=0)

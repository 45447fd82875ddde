"""A seccomp filter: of some 350 system calls the kernel still answers these few.

Everything else fails with EPERM: files, sockets, programs, signals, tracing, mounts, limits. The
filter is a short program for the kernel (linux/seccomp.h, linux/filter.h), made from a table of
numbers: libseccomp is missing on many machines. It is written for the two processors that servers
have; on others there is no filter.
"""

import ctypes
import errno
import os
import struct
import sys
from typing import NamedTuple

from . import linux

_FILTER, _ALL_THREADS = 1, 1  # of seccomp(2)
_ALLOW, _KILL, _REFUSE = 0x7FFF0000, 0x80000000, 0x00050000
# Instructions: load a word, compare, mask, return.
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _MASK, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _ARCHITECTURE, _ARGUMENTS = 0, 4, 16  # offsets in what the filter sees
_EXECUTABLE = 4  # of mmap(2)
_X32 = 0x40000000  # numbers from here on are those of the x32 ABI
# What pthread_create asks of clone(2); musl adds a bit without meaning.
_THREAD, _MEANINGLESS = 0x3D0F00, 0x400000


class Processor(NamedTuple):
    architecture: int
    column: int  # in the table
    seccomp: int


PROCESSORS = {
    "x86_64": Processor(0xC000003E, 0, 317),
    "aarch64": Processor(0xC00000B7, 1, 277),
}
ALLOWED = {  # numbers for x86_64 and aarch64
    "read": (0, 63),
    "write": (1, 64),
    "futex": (202, 98),
    "munmap": (11, 215),
    "brk": (12, 214),
    "mremap": (25, 216),
    "madvise": (28, 233),
    "close": (3, 57),
    "fstat": (5, 80),
    "lseek": (8, 62),
    "rt_sigaction": (13, 134),
    "rt_sigprocmask": (14, 135),
    "rt_sigreturn": (15, 139),
    "sigaltstack": (131, 132),
    "restart_syscall": (219, 128),
    "clock_gettime": (228, 113),
    "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115),
    "nanosleep": (35, 101),
    "gettimeofday": (96, 169),
    "getrandom": (318, 278),
    "getpid": (39, 172),
    "gettid": (186, 178),
    "getuid": (102, 174),
    "geteuid": (107, 175),
    "getgid": (104, 176),
    "getegid": (108, 177),
    "sched_yield": (24, 124),
    "sched_getaffinity": (204, 123),
    "set_robust_list": (273, 99),
    "rseq": (334, 293),
    "exit": (60, 93),
    "exit_group": (231, 94),
}
_MMAP, _MPROTECT, _CLONE, _CLONE3, _TGKILL = (9, 222), (10, 226), (56, 220), (435, 435), (234, 131)


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]


def install() -> bool:
    """Whether the filter holds from here on, for every thread, and cannot be removed."""
    processor = PROCESSORS.get(os.uname().machine)
    if processor is None or sys.maxsize < 1 << 32:
        return False
    linux.set_no_new_privileges()
    code = instructions(processor, os.getpid())
    program = _Program(len(code) // 8, code)
    return linux.syscall(processor.seccomp, _FILTER, _ALL_THREADS, ctypes.byref(program)) == 0


def instructions(processor: Processor, pid: int) -> bytes:
    """The filter for this process, which may send signals to itself only."""
    column = processor.column
    return b"".join(
        [
            _load(_ARCHITECTURE),
            _unless(_EQUAL, processor.architecture, _return(_KILL)),
            _load(_NUMBER),
            _when(_AT_LEAST, _X32, _return(_KILL)),
            *(_when(_EQUAL, numbers[column], _return(_ALLOW)) for numbers in ALLOWED.values()),
            _when(_EQUAL, _MMAP[column], _memory()),
            _when(_EQUAL, _MPROTECT[column], _memory()),
            _when(_EQUAL, _CLONE[column], _thread()),
            # So that libraries try clone(2), whose flags a filter can see.
            _when(_EQUAL, _CLONE3[column], _return(_REFUSE | errno.ENOSYS)),
            _when(_EQUAL, _TGKILL[column], _argument(0) + _unless(_EQUAL, pid, _REFUSED) + _OK),
            _REFUSED,
        ]
    )


def _memory() -> bytes:
    """No new code: memory that can be executed is refused."""
    return _argument(2) + _when(_ANY_BIT, _EXECUTABLE, _REFUSED) + _OK


def _thread() -> bytes:
    """A thread, but no process and no namespace."""
    mask = _instruction(_MASK, ~_MEANINGLESS & 0xFFFFFFFF)
    return _argument(0) + mask + _unless(_EQUAL, _THREAD, _REFUSED) + _OK


def _when(test: int, value: int, then: bytes) -> bytes:
    return _instruction(test, value, skip_if_false=len(then) // 8) + then


def _unless(test: int, value: int, then: bytes) -> bytes:
    return _instruction(test, value, skip_if_true=len(then) // 8) + then


def _load(offset: int) -> bytes:
    return _instruction(_LOAD, offset)


def _argument(number: int) -> bytes:
    """Load the lower half of an argument; both processors keep it first."""
    return _load(_ARGUMENTS + 8 * number)


def _return(answer: int) -> bytes:
    return _instruction(_RETURN, answer)


def _instruction(code: int, value: int, skip_if_true: int = 0, skip_if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, skip_if_true, skip_if_false, value)


_OK, _REFUSED = _return(_ALLOW), _return(_REFUSE | errno.EPERM)

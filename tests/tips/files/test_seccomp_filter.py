"""The filter of system calls, run here step by step: also for the processor this one is not."""

import errno
import struct

import pytest

from board.tips.files.isolation import seccomp

ALLOW, KILL = "allow", "kill"
PID = 4711
NAMES = [*seccomp.PROCESSORS]
THREAD = 0x3D0F00
NEW_USERS = 0x10000000


def verdict(name, number, *arguments, architecture=None):
    """What the kernel would answer: linux/filter.h, for the few instructions that are used."""
    processor = seccomp.PROCESSORS[name]
    seen = struct.pack(
        "=iIQ6Q",
        number,
        architecture or processor.architecture,
        0,
        *arguments,
        *[0] * (6 - len(arguments)),
    )
    steps = list(struct.iter_unpack("=HBBI", seccomp.instructions(processor, PID)))
    at = value = 0
    while True:
        code, if_true, if_false, constant = steps[at]
        at += 1
        if code == 0x06:
            return {0x7FFF0000: ALLOW, 0x80000000: KILL}.get(constant) or errno.errorcode[
                constant & 0xFFFF
            ]
        if code == 0x20:
            (value,) = struct.unpack_from("=I", seen, constant)
        elif code == 0x54:
            value &= constant
        else:
            holds = {0x15: value == constant, 0x35: value >= constant, 0x45: value & constant}[code]
            at += if_true if holds else if_false


@pytest.mark.parametrize("name", NAMES)
def test_only_calls_in_the_table_are_answered(name):
    column = seccomp.PROCESSORS[name].column
    allowed = {number for number in range(1000) if verdict(name, number) == ALLOW}

    # Memory is allowed as long as it is not executable.
    memory = {seccomp._MMAP[column], seccomp._MPROTECT[column]}
    assert allowed == {numbers[column] for numbers in seccomp.ALLOWED.values()} | memory
    assert len(allowed) == len(seccomp.ALLOWED) + 2


@pytest.mark.parametrize("name", NAMES)
def test_arguments_decide_where_they_matter(name):
    column = seccomp.PROCESSORS[name].column
    clone, tgkill, mmap = (
        numbers[column] for numbers in (seccomp._CLONE, seccomp._TGKILL, seccomp._MMAP)
    )

    assert verdict(name, clone, THREAD) == ALLOW
    assert verdict(name, clone, THREAD | 0x400000) == ALLOW  # as musl asks for it
    assert verdict(name, clone, 17) == "EPERM"  # a process
    assert verdict(name, clone, THREAD | NEW_USERS) == "EPERM"
    assert verdict(name, seccomp._CLONE3[column]) == "ENOSYS"
    assert verdict(name, tgkill, PID) == ALLOW
    assert verdict(name, tgkill, PID + 1) == "EPERM"
    assert verdict(name, mmap, 0, 4096, 3) == ALLOW
    assert verdict(name, mmap, 0, 4096, 7) == "EPERM"


@pytest.mark.parametrize("name", NAMES)
def test_numbers_of_another_processor_end_the_process(name):
    i386 = 0x40000003

    assert verdict(name, 3, architecture=i386) == KILL
    assert verdict(name, 0x40000000 + 1) == KILL  # x32

"""Inspects one file in a process that can do nothing but read it and answer.

A new process for each file. Before it reads a byte it drops write access, the network, and more
processes, time and memory than it needs. So a parser that is taken over can do nothing, and a
hostile file costs no more than `WorkerLimits`.
"""

import ctypes
import json
import resource
import sys
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice

from .format_table import Format
from .formats import clean_inside, format_of, inspect_inside
from .results import FINDINGS_MAX, Finding, NotCleanable, Reason, WorkerLimits
from .text import file_name

_OPEN_FILES = 32  # enough to load a library while three pipes are open
_THREADS = 8  # of this user in the new namespace; without one, of all the user's processes
_NO_NEW_PRIVILEGES, _DUMPABLE = 38, 4  # of prctl(2)
_NEW_USERS, _NEW_NETWORK = 0x10000000, 0x40000000  # of unshare(2)


@dataclass(frozen=True, slots=True)
class Answer:
    format: Format
    findings: tuple[Finding, ...]
    why_not: Reason | None
    cleaned: bytes | None = None
    name: str | None = None  # of the cleaned copy


def main() -> None:
    """Read a line of JSON and the file; write a line of JSON and the cleaned file, if requested."""
    request = json.loads(sys.stdin.buffer.readline())
    limits = WorkerLimits(**request["limits"])
    confine(limits)
    answer = answer_for(sys.stdin.buffer.read(), request["name"], limits)
    findings = [(f.kind, f.detail, f.stays, f.span) for f in answer.findings]
    head = {
        "format": answer.format.name,
        "findings": findings,
        "name": answer.name,
        "why_not": answer.why_not,
    }
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    if request["wants_copy"] and answer.cleaned is not None:
        sys.stdout.buffer.write(answer.cleaned)


def confine(limits: WorkerLimits) -> None:
    """From here on: no writing, no core dump, no network; bounded processes, time and memory."""
    if sys.platform == "linux":
        libc = ctypes.CDLL(None)
        libc.unshare(_NEW_USERS | _NEW_NETWORK)  # some machines refuse; the rest still applies
        libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
        libc.prctl(_DUMPABLE, 0, 0, 0, 0)
    for kind, limit in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, _THREADS),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CPU, limits.seconds),
        (resource.RLIMIT_AS, limits.memory),
    ):
        with suppress(ValueError, OSError):  # a stricter limit already applies
            resource.setrlimit(kind, (limit, limit))


def answer_for(data: bytes, name: str, limits: WorkerLimits) -> Answer:
    """All findings about the file, and its cleaned copy. Raises nothing for any file."""
    file_format = format_of(data)
    findings: dict[Finding, None] = dict.fromkeys(file_name.inspect(name, file_format))
    try:
        for finding in islice(inspect_inside(data, limits), FINDINGS_MAX):
            findings[finding] = None
        cleaned = clean_inside(data, limits)
        if any(not finding.stays for finding in inspect_inside(cleaned, limits)):
            raise NotCleanable(Reason.LEFTOVER)
        name = format_of(cleaned).neutral_name
    except NotCleanable as refusal:
        return Answer(file_format, tuple(findings), refusal.reason)
    except MemoryError:
        return Answer(file_format, tuple(findings), Reason.TOO_MUCH)
    except Exception:  # parsers raise anything; to the source the file is damaged
        return Answer(file_format, tuple(findings), Reason.DAMAGED)
    return Answer(file_format, tuple(findings), None, cleaned, name)

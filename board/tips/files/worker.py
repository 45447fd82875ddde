"""Inspects one file in a process that can do nothing but read it and answer.

A new process for each file. Before it reads a byte of it, it gives up files, network, processes and
signals (`isolation/`), and all but little time and memory. So a parser that is taken over can do
nothing, and a hostile file costs no more than `WorkerLimits`.
"""

import json
import os
import sys
from dataclasses import dataclass
from itertools import islice

from . import isolation
from .format_table import FORMATS, Format
from .formats import clean_inside, format_of, inspect_inside
from .isolation import preload
from .results import FINDINGS_MAX, Finding, NotCleanable, Reason, WorkerLimits
from .text import file_name


@dataclass(frozen=True, slots=True)
class Answer:
    format: Format
    findings: tuple[Finding, ...]
    why_not: Reason | None
    cleaned: bytes | None = None
    name: str | None = None  # of the cleaned copy


def main() -> None:
    """Read a line of JSON and the file; write a line of JSON and the cleaned file, if requested.

    Without a layer that keeps files from it, the process reads only the name.
    """
    request = json.loads(sys.stdin.buffer.readline())
    limits = WorkerLimits(**request["limits"])
    preload.load(is_picture=request["is_picture"])
    if isolation.FILE_LAYERS & isolation.isolate(limits):
        answer = answer_for(sys.stdin.buffer.read(), request["name"], limits)
    else:
        answer = Answer(FORMATS["unknown"], (), Reason.NOT_ISOLATED)
    _write(answer, wants_copy=request["wants_copy"])
    os._exit(0)  # to free every object first takes as long as reading a small picture


def _write(answer: Answer, *, wants_copy: bool) -> None:
    findings = [(f.kind, f.detail, f.stays, f.span) for f in answer.findings]
    head = {
        "format": answer.format.name,
        "findings": findings,
        "name": answer.name,
        "why_not": answer.why_not,
    }
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n")
    if wants_copy and answer.cleaned is not None:
        sys.stdout.buffer.write(answer.cleaned)
    sys.stdout.buffer.flush()


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

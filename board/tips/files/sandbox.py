"""Starting the worker, and believing nothing it says.

The file goes through a pipe, never over the disk. The answer of a process that parsed a hostile
file is itself hostile: it is bounded and read as data.
"""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from signal import SIGKILL, SIGXCPU

from .results import DETAIL_MAX, FINDINGS_MAX, Finding, FindingKind, Reason, WorkerLimits

# The worker loads this folder as a package by itself, and of the board only the pure modules of
# board/text: without the board, its settings and its keys.
_FOLDER = Path(__file__).parent
_FOLDERS = {"board": [], "board.text": [_FOLDER.parents[1] / "text"], "files": [_FOLDER]}
_START = f"""
import sys, types
for name, path in { ({name: [*map(str, path)] for name, path in _FOLDERS.items()})!r}.items():
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = path
from files.worker import main; main()"""
_HEAD_MAX = 1024 * 1024  # bytes
_GRACE = 10  # seconds by the clock, beyond twice those of the processor


@dataclass(frozen=True, slots=True)
class Answer:
    format: str
    findings: tuple[Finding, ...]
    why_not: Reason | None
    name: str | None  # of the cleaned copy, if there can be one
    data: bytes  # the copy, if it was asked for


def ask(data: bytes, name: str, limits: WorkerLimits, *, wants_copy: bool) -> Answer:
    """What the worker says about the file; unknown and too much, or damaged, if it dies of it."""
    if len(data) > limits.bytes:
        return _failed(Reason.TOO_MUCH)
    question = {"name": name[:255], "limits": asdict(limits), "wants_copy": wants_copy}
    code, said = _run(json.dumps(question).encode() + b"\n" + data, limits)
    if code in (-SIGKILL, -SIGXCPU):
        return _failed(Reason.TOO_MUCH)
    try:
        return _read(said)
    except (ValueError, KeyError, TypeError):
        return _failed(Reason.DAMAGED)


def _failed(reason: Reason) -> Answer:
    return Answer("unknown", (), reason, None, b"")


def _run(question: bytes, limits: WorkerLimits) -> tuple[int, bytes]:
    """The exit code (negative: the signal) and what was said, of one process that is gone after."""
    command = [sys.executable, "-I", "-B", "-c", _START]
    pipe = subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,  # so that whatever it starts goes with it
    )
    alarm = threading.Timer(2 * limits.seconds + _GRACE, _end, [process])
    alarm.start()
    try:
        said = _talk(process, question, limits.unpacked + _HEAD_MAX)
        # Seen to be over but not yet waited for, its number still names its group and no other.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    finally:
        alarm.cancel()
        _end(process)
        code = process.wait()
    return code, said


def _end(process: subprocess.Popen[bytes]) -> None:
    """Kills it and whatever it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, SIGKILL)


def _talk(process: subprocess.Popen[bytes], question: bytes, most: int) -> bytes:
    """Asks, and hears at most `most` bytes. Which death it died is for the exit code to tell."""
    assert process.stdin is not None  # noqa: S101 - pipes were asked for
    assert process.stdout is not None  # noqa: S101
    with process.stdout:
        with suppress(BrokenPipeError), process.stdin:
            process.stdin.write(question)
        return process.stdout.read(most)


def _read(said: bytes) -> Answer:
    """Raises ValueError, KeyError or TypeError for an answer of another shape."""
    head, _, data = said.partition(b"\n")
    told = json.loads(head[:_HEAD_MAX])
    findings = [
        Finding(FindingKind(kind), str(detail)[:DETAIL_MAX], bool(stays), _span(span))
        for kind, detail, stays, span in told["findings"][:FINDINGS_MAX]
    ]
    why_not = Reason(told["why_not"]) if told["why_not"] else None
    name = str(told["name"]) if told["name"] else None
    return Answer(str(told["format"]), tuple(findings), why_not, name, data)


def _span(span: list[int] | None) -> tuple[int, int] | None:
    return (int(span[0]), int(span[1])) if span else None

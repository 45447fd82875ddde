"""Starts the worker, and does not trust its answer.

The file goes through a pipe, never over the disk. The answer of a process that parsed a hostile
file is itself hostile: it is bounded and parsed as data.
"""

import json
import os
import subprocess
import sys
import threading
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from signal import SIGABRT, SIGKILL, SIGXCPU

from .format_table import NEUTRAL_NAMES
from .results import DETAIL_MAX, FINDINGS_MAX, Finding, FindingKind, Reason, WorkerLimits

# The worker loads this folder alone, and of the board only the pure modules of
# board/text: not the board, its settings or its keys.
_FOLDER = Path(__file__).parent
_FOLDERS = {"board": [], "board.text": [_FOLDER.parents[1] / "text"], "files": [_FOLDER]}
_FIND = f"""
import sys, types
for name, path in { ({name: [*map(str, path)] for name, path in _FOLDERS.items()})!r}.items():
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = path"""
_START = f"{_FIND}\nfrom files.worker import main; main()"
_REPORT = f"{_FIND}\nfrom files.isolation.report import main; main()"
# Frequent, and read by one module: then the worker need not load the others, a third of its time.
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
_BRANDS = (b"ftypheic", b"ftypmif1", b"ftypavif")
_HEAD_MAX = 1024 * 1024  # bytes
_GRACE = 10  # seconds of wall-clock time, in addition to twice the CPU time


@dataclass(frozen=True, slots=True)
class Answer:
    format: str
    findings: tuple[Finding, ...]
    why_not: Reason | None
    name: str | None  # of the cleaned copy; None if the file cannot be cleaned
    data: bytes  # the copy, if requested


def run_worker(data: bytes, name: str, limits: WorkerLimits, *, wants_copy: bool) -> Answer:
    """The worker's answer about the file. If it crashes: unknown, and too much or damaged."""
    if len(data) > limits.bytes:
        return _failed(Reason.TOO_MUCH)
    request = {
        "name": name[:255],
        "limits": asdict(limits),
        "wants_copy": wants_copy,
        "is_picture": data.startswith(_PICTURES) or data[4:12] in _BRANDS,
    }
    code, output = _run(_START, json.dumps(request).encode() + b"\n" + data, limits)
    if code in (-SIGKILL, -SIGXCPU, -SIGABRT):  # of time, or of memory in a library
        return _failed(Reason.TOO_MUCH)
    try:
        return _parse_answer(output)
    except Exception:  # an answer made to harm the server raises anything
        return _failed(Reason.DAMAGED)


def isolation_report() -> tuple[list[str], list[str]]:
    """The layers that isolate a worker on this machine, and what it can do all the same: found by
    trying in a worker. Nothing if none can be started.
    """
    _code, output = _run(_REPORT, b"", WorkerLimits())
    report = json.loads(output or b'{"layers": [], "possible": []}')
    return report["layers"], report["possible"]


def _failed(reason: Reason) -> Answer:
    return Answer("unknown", (), reason, None, b"")


def _run(start: str, request: bytes, limits: WorkerLimits) -> tuple[int, bytes]:
    """The exit code (negative: the signal) and the output of one process, which has ended on
    return.
    """
    command = [sys.executable, "-I", "-c", start]
    pipe = subprocess.PIPE
    process = subprocess.Popen(  # noqa: S603 - our own interpreter and code
        command,
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.DEVNULL,
        env={},
        cwd="/",
        start_new_session=True,  # so that its child processes are killed with it
    )
    alarm = threading.Timer(2 * limits.seconds + _GRACE, _kill, [process])
    alarm.start()
    try:
        output = _exchange(process, request, limits.unpacked + _HEAD_MAX)
        # Ended but not reaped yet, so its pid cannot have been reused for another group.
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    finally:
        alarm.cancel()
        _kill(process)
        code = process.wait()
    return code, output


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the process with its child processes."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, SIGKILL)


def _exchange(process: subprocess.Popen[bytes], request: bytes, limit: int) -> bytes:
    """Send the request and read at most `limit` bytes. The exit code tells how it ended."""
    assert process.stdin is not None  # noqa: S101 - created with pipes
    assert process.stdout is not None  # noqa: S101
    with process.stdout:
        with suppress(BrokenPipeError), process.stdin:
            process.stdin.write(request)
        return process.stdout.read(limit)


def _parse_answer(output: bytes) -> Answer:
    """Raises an exception, of any type, if the answer has another structure."""
    head, _, data = output.partition(b"\n")
    fields = json.loads(head[:_HEAD_MAX])
    findings = [
        Finding(FindingKind(kind), _text(detail), bool(stays), _parse_span(span))
        for kind, detail, stays, span in fields["findings"][:FINDINGS_MAX]
    ]
    why_not = Reason(fields["why_not"]) if fields["why_not"] else None
    name = fields["name"]
    if name is not None and name not in NEUTRAL_NAMES:
        raise ValueError
    return Answer(str(fields["format"]), tuple(findings), why_not, name, data)


def _text(detail: str) -> str:
    """The detail without lone surrogates, which no page can show."""
    return detail[:DETAIL_MAX].encode("utf-8", "replace").decode()


def _parse_span(span: list[int] | None) -> tuple[int, int] | None:
    return (int(span[0]), int(span[1])) if span else None

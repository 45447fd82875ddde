"""Event log: a JSON line for each security event, in a file for each day, for all processes.

In the instance folder rather than on stdout, because `doctor` must find it under any server. A day
has a file of its own, so nothing is renamed while others write. A line is written by one call to a
file that is open for appending: the kernel keeps such writes apart.
"""

import hashlib
import hmac
import json
import os
import secrets
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from board.db import now
from board.runtime.shared_state import SharedState

KEPT_FOR = timedelta(days=90)
BYTES_MAX = 32 * 1024**2  # of a day; what comes then is only counted
PER_MINUTE = 30  # lines of one event and process; the next line says how many were left out

Event = dict[str, Any]


class EventLog:
    """The log in this folder, which is made when the first line is written."""

    def __init__(self) -> None:
        self._salts = SharedState()
        self._salt = ("", "")  # the day, and its salt
        self._lock = threading.Lock()
        self._minute = 0
        self._written: Counter[str] = Counter()
        self._skipped: Counter[str] = Counter()

    def append(self, folder: Path, name: str, fields: Mapping[str, str]) -> None:
        """Write a line, unless there were too many. Raises OSError, as `mark` does."""
        with self._lock:
            if not self._may_write(name):
                self._skipped[name] += 1
                return
            skipped = self._skipped.pop(name, 0)
        event: Event = {"event": name, **{key: text for key, text in fields.items() if text}}
        if skipped:
            event["skipped"] = skipped
        _append(_path(folder, now()), json.dumps(event).encode() + b"\n")

    def mark(self, folder: Path, subject: str) -> str:
        """What this client or person is called today, and no longer: the salt is in memory only,
        and forgotten at midnight (UTC) or when the server ends."""
        salt = self._salt_of_today(folder)
        return hmac.new(salt.encode(), subject.encode(), hashlib.sha256).hexdigest()[:12]

    def _salt_of_today(self, folder: Path) -> str:
        day = f"{now():%Y-%m-%d}"
        if self._salt[0] != day:
            folder.mkdir(mode=0o700, exist_ok=True)
            with self._salts.changing(folder / "salt.lock") as state:
                if state.get("day") != day:
                    state.update(day=day, salt=secrets.token_hex(16))
                self._salt = day, state["salt"]
        return self._salt[1]

    def _may_write(self, name: str) -> bool:
        minute = int(time.monotonic() / 60)
        if minute != self._minute:
            self._minute, self._written = minute, Counter()
        self._written[name] += 1
        return self._written[name] <= PER_MINUTE


def events_since(folder: Path, start: datetime) -> Iterator[Event]:
    """The events from this moment on, oldest day first; lines that are no events are left out."""
    for path in files(folder):
        if path.name < _path(folder, start).name:
            continue
        for line in path.read_bytes().splitlines():
            with suppress(ValueError, KeyError, TypeError):
                event: Event = json.loads(line)
                if datetime.fromisoformat(event["time"]) >= start:
                    yield event


def old_files(folder: Path) -> list[Path]:
    oldest = _path(folder, now() - KEPT_FOR).name
    return [path for path in files(folder) if path.name < oldest]


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("security-*.jsonl"))


def _path(folder: Path, moment: datetime) -> Path:
    return folder / f"security-{moment:%Y-%m-%d}.jsonl"


def _append(path: Path, line: bytes) -> None:
    path.parent.mkdir(mode=0o700, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        if os.fstat(descriptor).st_size < BYTES_MAX:
            os.write(descriptor, line)
    finally:
        os.close(descriptor)

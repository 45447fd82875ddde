"""Status: when a backup was last tried and what went wrong, in a file that `doctor` reads."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from board.config import durable_files
from board.db import now
from board.runtime.app import instance_folder

INTERRUPTED = "it was interrupted"


class BackupFailed(Exception):
    """No backup was made. Its text is a sentence for the operator, without anything secret."""


@dataclass(frozen=True)
class Attempt:
    """The last attempt; `problem` is empty if it succeeded."""

    at: str  # ISO 8601, UTC
    problem: str

    @property
    def moment(self) -> datetime:
        return datetime.fromisoformat(self.at)


def work_folder() -> Path:
    """Where backups are put together and tried: the disk the originals are on."""
    folder = instance_folder() / "backup"
    durable_files.make_folder(folder)
    return folder


def last_attempt() -> Attempt | None:
    try:
        return Attempt(**json.loads((instance_folder() / "backup" / "status.json").read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


@contextmanager
def attempt() -> Iterator[None]:
    """Record what becomes of the attempt inside; of one that is killed, that it began."""
    started = begin()
    try:
        yield
    except BackupFailed as error:
        _store(Attempt(started, str(error)))
        raise
    _store(Attempt(started, ""))


def begin() -> str:
    """Record that an attempt begins, and so was interrupted unless more is recorded; when."""
    started = now().isoformat()
    _store(Attempt(started, INTERRUPTED))
    return started


def _store(attempt: Attempt) -> None:
    text = json.dumps(asdict(attempt))
    durable_files.replace(work_folder() / "status.json", text.encode())

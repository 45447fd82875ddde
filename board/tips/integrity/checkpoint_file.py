"""The file of checkpoints: what was seen of the database last, stored outside of it.

An older database put in its place does not take this file back with it. The parts that belong to
one reader or source are encrypted with their own keys, so nobody else can write them.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from board.config import durable_files
from board.tips.crypto import key_files, pepper
from board.tips.crypto.private_files import checkpoint_path, folder

State = dict[str, Any]  # of the database: see snapshots.py


@dataclass
class Checkpoints:
    """`board`: the last state anybody saw. `holders`: encrypted checkpoints, by the id of a reader
    (`r1`) or the ref of a source's tip. `unknown`: files that belong to no tip, and the day each
    was first seen. `went_back`: what is older than it was, until a reader has looked.
    """

    board: State | None = None
    holders: dict[str, str] = field(default_factory=dict)
    unknown: dict[str, str] = field(default_factory=dict)
    went_back: list[str] = field(default_factory=list)

    def require_types(self) -> None:
        """Raises TypeError if the file has been written by somebody else."""
        texts = (*self.holders.items(), *self.unknown.items(), self.went_back)
        is_state = self.board is None or isinstance(self.board, dict)
        if not is_state or not all(isinstance(text, str) for each in texts for text in each):
            raise TypeError


def load() -> Checkpoints:
    """What the file says. Without one, after the first key was made, that is what went back."""
    try:
        checkpoints = Checkpoints(**json.loads(checkpoint_path().read_bytes() or b"{}"))
        checkpoints.require_types()
        return checkpoints
    except (OSError, ValueError, TypeError, AttributeError):
        is_begun = checkpoint_path().exists() or pepper.stored_digest() is not None
        return Checkpoints(went_back=["file"] if is_begun else [])


@contextmanager
def changing() -> Iterator[Checkpoints]:
    """The checkpoints, to be changed by one process at a time; written if they were."""
    descriptor = os.open(
        folder() / "checkpoints.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600
    )
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        checkpoints = load()
        before = _encode(checkpoints)
        yield checkpoints
        if _encode(checkpoints) != before or not checkpoint_path().exists():
            _save(checkpoints)
    finally:
        os.close(descriptor)  # and with it the lock


def _save(checkpoints: Checkpoints) -> None:
    durable_files.replace(checkpoint_path(), _encode(checkpoints))
    key_files.truncate_mtime(checkpoint_path(), folder())


def _encode(checkpoints: Checkpoints) -> bytes:
    return json.dumps(asdict(checkpoints), separators=(",", ":"), sort_keys=True).encode()

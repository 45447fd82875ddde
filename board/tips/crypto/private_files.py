"""Files outside the database that only the board's own user can read, under `tips/` in the instance
folder.
"""

import os
import secrets
from pathlib import Path

from board.runtime.app import instance_folder


def folder(name: str = "") -> Path:
    path = instance_folder() / "tips" / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def checkpoint_path() -> Path:
    """The file of board/tips/integrity/checkpoint_file.py."""
    return folder() / "checkpoints"


def write_new(path: Path, data: bytes) -> None:
    """Write and sync a file that does not exist yet. Raises FileExistsError."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def replace(path: Path, data: bytes) -> None:
    """Write a file whole, or leave the one that is there: no crash leaves half of it."""
    draft = path.with_name(f"{path.name}-{secrets.token_hex(8)}")
    write_new(draft, data)
    draft.replace(path)

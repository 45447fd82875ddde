"""Durable files: what is written here survives a power cut once the function has returned.

A file that is synced may still lose its name: that is in its folder, which must be synced too.
Files and folders are for their owner only.
"""

import os
import secrets
from contextlib import suppress
from pathlib import Path

CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC


def write_new(path: Path, data: bytes) -> None:
    """Write a file that does not exist yet. Raises FileExistsError."""
    _write(path, data)
    sync_folder(path.parent)


def replace(path: Path, data: bytes) -> None:
    """Write a file whole, or leave the one that is there: no crash leaves half of it."""
    draft = _draft(path, data)
    draft.replace(path)
    sync_folder(path.parent)


def write_first(path: Path, data: bytes) -> None:
    """Write a file unless it is there: of processes that start together one does, and none reads
    half of it."""
    draft = _draft(path, data)
    with suppress(FileExistsError):
        os.link(draft, path)
    draft.unlink()
    sync_folder(path.parent)


def move(path: Path, to: Path) -> None:
    """Rename what is synced. After a power cut it may be at its old place too."""
    path.rename(to)
    sync_folder(to.parent)


def make_folder(path: Path) -> None:
    """Make a folder and those above it, unless they are there."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(mode=0o700, exist_ok=True)
    sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Sync the names in a folder: what was made, renamed and deleted there."""
    sync(path)


def sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _draft(path: Path, data: bytes) -> Path:
    draft = path.with_name(f"{path.name}-{secrets.token_hex(8)}")
    _write(draft, data)
    return draft


def _write(path: Path, data: bytes) -> None:
    """Raises FileExistsError; what had no room is deleted."""
    with os.fdopen(os.open(path, CREATE, 0o600), "wb") as file:
        try:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            path.unlink()
            raise

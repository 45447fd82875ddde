"""Disk: whether there is room to write, and a reserve that is given up for what cannot wait."""

import enum
import errno
import os
import shutil
from pathlib import Path

from board.config import durable_files
from board.db import db
from board.runtime.app import instance_folder

FREE_MIN = 8 * 1024**2  # bytes beside the reserve; with less only what cannot wait is written
RESERVE = 16 * 1024**2  # bytes
_ERRORS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
# What SQLite says of them: SQLITE_FULL, SQLITE_READONLY and SQLITE_IOERR.
_MESSAGES = ("disk is full", "readonly database", "disk i/o error")


class Trouble(enum.StrEnum):
    FULL = "full"
    READ_ONLY = "read-only"


def trouble() -> Trouble | None:
    """Why nothing can be written where the board stores everything; None if it can."""
    folders = {instance_folder(), Path(str(db.engine.url.database)).parent}
    if not all(os.access(folder, os.W_OK) for folder in folders):
        return Trouble.READ_ONLY
    return Trouble.FULL if min(map(_spare, folders)) < FREE_MIN else None


def free() -> int:
    """Bytes."""
    return shutil.disk_usage(instance_folder()).free


def is_trouble(error: BaseException | None) -> bool:
    """Whether this error of the system or of SQLite is one of a full or read-only disk."""
    if isinstance(error, OSError):
        return error.errno in _ERRORS
    return any(message in str(error) for message in _MESSAGES)


def give_up_reserve() -> None:
    """Once there is no other room. Others may not take its place: see `_spare`."""
    if free() < FREE_MIN:
        _reserve().unlink(missing_ok=True)


def lacks_reserve() -> bool:
    """Whether there is none, and room for one again."""
    if not RESERVE:
        return False
    return not _reserve().exists() and trouble() is None and _spare(instance_folder()) > FREE_MIN


def make_reserve() -> None:
    """Not of zeros, which some file systems store in no room at all."""
    durable_files.replace(_reserve(), os.urandom(RESERVE))


def _spare(folder: Path) -> int:
    """Bytes beside the reserve, or the place of one that was given up."""
    return shutil.disk_usage(folder).free - (0 if _reserve().exists() else RESERVE)


def _reserve() -> Path:
    return instance_folder() / "reserve"

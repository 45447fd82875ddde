"""Files outside the database that only the board's own user can read, under `tips/` in the instance
folder.
"""

import os
from pathlib import Path

from board.config import durable_files
from board.runtime.app import instance_folder
from board.tips.dates import start_of_day


def folder(name: str = "") -> Path:
    path = instance_folder() / "tips" / name
    if not path.exists():
        durable_files.make_folder(path)
        truncate_mtime(path)  # it may be made for the first tip
    return path


def truncate_mtime(*paths: Path) -> None:
    """Set the files' times to the start of the day, so that they do not tell when a tip came.

    The file system's inode change time (ctime) cannot be set by a program.
    """
    midnight = start_of_day().timestamp()
    for path in paths:
        os.utime(path, (midnight, midnight))


def checkpoint_path() -> Path:
    """The file of board/tips/integrity/checkpoint_file.py."""
    return folder() / "checkpoints"

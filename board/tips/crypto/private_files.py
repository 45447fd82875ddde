"""Files outside the database that only the board's own user can read, under `tips/` in the instance
folder.
"""

from pathlib import Path

from board.config import durable_files
from board.runtime.app import instance_folder


def folder(name: str = "") -> Path:
    path = instance_folder() / "tips" / name
    durable_files.make_folder(path)
    return path


def checkpoint_path() -> Path:
    """The file of board/tips/integrity/checkpoint_file.py."""
    return folder() / "checkpoints"

"""A small disk of its own for a test, which can be filled or become read-only."""

import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def mount(disk: Path, *options: str) -> str:
    """The error message, or "" on success."""
    try:
        done = subprocess.run(
            ["mount", *options, disk], capture_output=True, text=True, check=False
        )
    except OSError as error:  # no mount program
        return str(error)
    return done.stderr.strip() if done.returncode else ""


@contextmanager
def small_disk(parent: Path, size: str) -> Iterator[Path]:
    """A tmpfs of this size. Skips the test where none can be mounted."""
    disk = parent / "disk"
    disk.mkdir()
    if error := mount(disk, "-t", "tmpfs", "-o", f"size={size}", "tmpfs"):
        end_test = pytest.fail if os.environ.get("BOARD_TESTS_SKIP_NOTHING") else pytest.skip
        end_test(f"no small disk can be mounted here: {error}")
    try:
        yield disk
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)


def fill(disk: Path, *, free: int) -> Path:
    """Another program takes the room, but for so many bytes. Returns its file."""
    filler = disk / "filler"
    with filler.open("ab") as file, suppress_no_space():
        file.write(bytes(max(0, shutil.disk_usage(disk).free - free)))
    return filler


@contextmanager
def suppress_no_space() -> Iterator[None]:
    """Ignores that the disk is full: a server that writes meanwhile may take some of the room."""
    try:
        yield
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise


@contextmanager
def read_only(disk: Path) -> Iterator[None]:
    """What is opened from now on cannot be written to."""
    assert mount(disk, "--bind", str(disk)) == ""
    assert mount(disk, "-o", "remount,bind,ro") == ""
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", disk], check=True)

"""Keeps `restore` apart from `serve` and `backup`, which use the same instance folder.

While a restore replaces files, the lock file says so: a server must not start among half of them.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

import click

from board.config import durable_files
from board.runtime.app import instance_folder

IN_USE = "A server, a backup or another restore uses this instance folder. End it first."
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
RESTORING = "A backup is being restored into this instance folder."
INTERRUPTED = "A restore into this instance folder was interrupted. Run `restore` again, whole."


def share() -> None:
    """Take the lock for as long as this process and those forked from it live. Raises
    ClickException."""
    _share(_open())


@contextmanager
def starting() -> Iterator[None]:
    """One server at a time makes what is missing in the folder; others that start wait."""
    descriptor = os.open(instance_folder() / "start.lock", _FLAGS, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def shared() -> Iterator[None]:
    """Hold the lock together with others. Raises ClickException."""
    descriptor = _open()
    try:
        _share(descriptor)
        yield
    finally:
        os.close(descriptor)


@contextmanager
def exclusive() -> Iterator[int]:
    """Hold the lock alone; gives its descriptor to `replacing`. Raises ClickException."""
    descriptor = _open()
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield descriptor
    except BlockingIOError:
        raise click.ClickException(IN_USE) from None
    finally:
        os.close(descriptor)


@contextmanager
def replacing(descriptor: int) -> Iterator[None]:
    """Note that files are being replaced; the note stays if that does not come to its end."""
    os.pwrite(descriptor, b"a restore was begun\n", 0)
    os.fsync(descriptor)
    durable_files.sync_folder(instance_folder())
    yield
    os.ftruncate(descriptor, 0)


def _share(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        raise click.ClickException(RESTORING) from None
    if os.fstat(descriptor).st_size:
        raise click.ClickException(INTERRUPTED)


def _open() -> int:
    return os.open(instance_folder() / "instance.lock", _FLAGS, 0o600)

"""What of tips is kept outside the database, under `tips/` in the instance folder.

pepper      without it nobody can try codes or passphrases on a copy of the database
keys/       one erase key for each tip: with it gone, no copy of the tip opens ever again
files/      attachments, sealed
drafts/     attachments of a form that is not sent yet, sealed; for two hours
"""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from pathlib import Path

from board.db.clock import newsroom_zone
from board.runtime.app import instance_folder
from board.runtime.limiter import QueueFull
from board.tips.crypto import primitives
from board.tips.dates import today

DRAFT_LIFE = 2 * 3600  # seconds
_SLOTS = 2  # derivations at a time on this machine; each takes 64 MiB
_UPLOADS = 6  # forms with files at a time on this machine; each holds a thread while it arrives
_WAIT = 5.0  # seconds


class Erased(Exception):
    """The erase key of this tip is gone, and so is the tip."""


def folder(name: str = "") -> Path:
    path = instance_folder() / "tips" / name
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


def stretch(secret: str, *, salt: bytes | None = None) -> tuple[bytes, bytes]:
    """`vault.stretch` with this machine's pepper, in turn. Raises TooBusy.

    A source's code has no salt of its own, or one would have to be told first whose code it is;
    the machine's is used.
    """
    pepper = _kept("pepper", 48)
    with _turn():
        return primitives.derive_from_passphrase(
            secret, salt=salt or pepper[:16], pepper=pepper[16:]
        )


def make_erase_key(ref: str) -> bytes:
    key = secrets.token_bytes(32)
    path = folder("keys") / ref
    _write(path, key)
    date_by_day(path, path.parent)
    return key


def date_by_day(*paths: Path) -> None:
    """As if written when the day began: when a tip came is not to be read off a file.

    The file system's own note of the last change of a name (ctime) is beyond a program's reach.
    """
    began = datetime.combine(today(), datetime.min.time(), newsroom_zone())
    for path in paths:
        os.utime(path, (began.timestamp(), began.timestamp()))


def erase_key(ref: str) -> bytes:
    try:
        return (instance_folder() / "tips" / "keys" / ref).read_bytes()
    except FileNotFoundError as error:
        raise Erased from error


def erase(ref: str) -> None:
    """From here on no copy of this tip opens, in whatever backup of the database it stands."""
    (folder("keys") / ref).unlink(missing_ok=True)
    descriptor = os.open(folder("keys"), os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)
    date_by_day(folder("keys"))


def remove_files(names: list[str]) -> None:
    for name in names:
        (folder("files") / name).unlink(missing_ok=True)


def sweep_drafts() -> None:
    """Whoever left without sending leaves nothing."""
    before = time.time() - DRAFT_LIFE
    for path in folder("drafts").iterdir():
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < before:
                path.unlink()


def begin_upload() -> int | None:
    """A descriptor to close when the form is there; None when too many arrive already."""
    return _slot("upload", _UPLOADS)


@contextmanager
def _turn() -> Iterator[None]:
    deadline = time.monotonic() + _WAIT
    while (slot := _slot("slot", _SLOTS)) is None:
        if time.monotonic() >= deadline:
            raise QueueFull
        time.sleep(0.02)
    try:
        yield
    finally:
        os.close(slot)  # and with it the lock


def _slot(kind: str, count: int) -> int | None:
    """One of so many, locked for all processes of this machine."""
    for number in range(count):
        path = folder() / f"{kind}-{number}"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
        else:
            return descriptor
    return None


def _kept(name: str, size: int) -> bytes:
    """Random bytes made on first use; of workers that start together, one makes them."""
    path = folder() / name
    if not path.exists():
        draft = folder() / f"{name}-{secrets.token_hex(8)}"
        _write(draft, secrets.token_bytes(size))
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_bytes()


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())

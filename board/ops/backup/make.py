"""Makes a backup while the board runs, and lets it count once it was restored and checked.

The order matters. Checkpoints are read before the database, so that the copy goes on from them.
Files are read after it, since each is written before its row: those the copy names are there,
unless they were deleted meanwhile, with their row.
"""

import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pyrage.x25519 import Identity, Recipient

from board.db import db, now, schema
from board.db.database_copy import CopyFailed, copy_database
from board.ops.backup import archive, contents, instance_lock, proof
from board.ops.backup import folder as folders
from board.ops.backup.archive import Damaged, WrongIdentity
from board.ops.backup.folder import PARTIAL, Backup, BackupFolder, Manifest
from board.ops.backup.proof import NotProven
from board.ops.backup.retention import Periods
from board.ops.backup.status import BackupFailed, attempt, work_folder
from board.runtime import clock_check
from board.runtime.app import instance_folder


@dataclass(frozen=True)
class _Draft:
    """A backup being made: its two archives, not there yet, and where they are put together.

    `witness` is a second recipient, whose key is in memory only and ends with this process. With it
    the files on the disk are decrypted for the proof: the operator's key is not on this machine.
    """

    made_at: datetime
    board: Path
    keys: Path
    scratch: Path
    recipients: list[Recipient]
    witness: Identity


def make(folder: BackupFolder, *, recipient: str, periods: Periods) -> Backup:
    """Make a backup, prove it, and delete those it replaces. Raises BackupFailed, and
    ClickException while a backup is being restored."""
    with instance_lock.shared(), _alone(), attempt(), _explained():
        folder.make()
        _tidy(folder)
        try:
            with scratch_folder() as scratch:
                backup = _make(folder, _draft(folder, scratch, recipient))
            if clock_check.is_believable():
                folder.thin_out(periods)
        finally:
            _tidy(folder)
        return backup


def _tidy(folder: BackupFolder) -> None:
    folder.delete_interrupted()
    if clock_check.is_believable():
        folder.delete_expired_keys(now())


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """A folder, mode 700, that is deleted afterwards; those of killed processes are deleted now."""
    for path in work_folder().glob("work-*"):
        shutil.rmtree(path)
    path = Path(tempfile.mkdtemp(prefix="work-", dir=work_folder()))
    try:
        yield path
    finally:
        shutil.rmtree(path, ignore_errors=True)


def _draft(folder: BackupFolder, scratch: Path, recipient: str) -> _Draft:
    moment, witness = now(), Identity.generate()
    name = folder.next_name(moment)
    board = folder.boards / f"{name}{PARTIAL}"
    board.mkdir(mode=0o700)
    ending = ".tar.age" if recipient else ".tar"
    return _Draft(
        made_at=moment,
        board=board / f"board{ending}",
        keys=folder.keys / f"{name}{ending}{PARTIAL}",
        scratch=scratch,
        recipients=[Recipient.from_str(recipient), witness.to_public()] if recipient else [],
        witness=witness,
    )


def _make(folder: BackupFolder, draft: _Draft) -> Backup:
    _write_archives(draft)
    _prove(draft)
    folders.store_manifest(draft.board.parent, _manifest(draft))
    folders.publish(draft.keys)
    folders.publish(draft.board.parent)
    return folder.backups()[-1]


def _write_archives(draft: _Draft) -> None:
    live, copies = instance_folder(), draft.scratch / "copies"
    _copy_changing_files(live, copies)
    board = (
        *contents.files_of(copies, contents.DATABASE),
        *contents.files_of(live, *contents.BOARD_FILES),
    )
    keys = (
        *contents.files_of(copies, contents.CHECKPOINTS),
        *contents.files_of(live, contents.KEYS),
    )
    for path, files in ((draft.board, board), (draft.keys, keys)):
        archive.write(path, files, recipients=draft.recipients, scratch=draft.scratch)


def _copy_changing_files(live: Path, copies: Path) -> None:
    """Checkpoints first, then the database: all other files are written once."""
    (copies / "tips").mkdir(mode=0o700, parents=True)
    if (live / contents.CHECKPOINTS).exists():
        shutil.copy2(live / contents.CHECKPOINTS, copies / contents.CHECKPOINTS)
    copy_database(copies / contents.DATABASE)


def _manifest(draft: _Draft) -> Manifest:
    return Manifest(
        made_at=draft.made_at.isoformat(),
        proven_at=now().isoformat(),
        tables=schema.version(db.engine),
        archive=draft.board.name,
        size=draft.board.stat().st_size,
        sha256=archive.sha256_of(draft.board),
        is_encrypted=bool(draft.recipients),
    )


def _prove(draft: _Draft) -> None:
    """Restore both archives from the disk, and open the board. Raises NotProven, Damaged."""
    restored = draft.scratch / "restored"
    restored.mkdir(mode=0o700)
    for path in (draft.board, draft.keys):
        archive.extract(path, restored, identities=[draft.witness])
    live = instance_folder()
    if missing := [name for name in proof.prove(restored) if (live / name).exists()]:
        raise NotProven(
            f"{len(missing)} files of the board are missing in it, such as {missing[0]}."
        )


@contextmanager
def _alone() -> Iterator[None]:
    """One backup at a time; the kernel drops the lock when a process dies. Raises BackupFailed."""
    descriptor = os.open(work_folder() / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise BackupFailed("Another backup is being made.") from None
    finally:
        os.close(descriptor)


@contextmanager
def _explained() -> Iterator[None]:
    """Turn what may go wrong into a sentence. Raises BackupFailed."""
    try:
        yield
    except CopyFailed as error:
        raise BackupFailed(f"The database could not be copied: {error}.") from error
    except NotProven as error:
        raise BackupFailed(f"What was restored from it is not whole. {error}") from error
    except (Damaged, WrongIdentity) as error:
        raise BackupFailed("What was written cannot be read back from the disk.") from error
    except OSError as error:
        raise BackupFailed(f"A file could not be read or written: {error}.") from error

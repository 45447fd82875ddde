"""Restores a backup into the instance folder: beside it first, and only what is whole goes in."""

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

from pyrage.x25519 import Identity

from board.db import close_connections, db, read_connections, schema
from board.db.schema import State
from board.ops.backup import archive, contents, instance_lock, proof
from board.ops.backup.archive import Damaged, WrongIdentity
from board.ops.backup.folder import Backup
from board.ops.backup.make import scratch_folder
from board.ops.backup.proof import NotProven
from board.runtime.app import instance_folder

ASIDE = "before-restore"  # what was in the folder, for the operator to look at and delete


class RestoreFailed(Exception):
    """Nothing was restored. Its text is a sentence for the operator."""


def restore(
    backup: Backup, keys: Path | None, *, identities: Sequence[Identity], replace: bool
) -> list[str]:
    """Put a backup in the place of what is in the instance folder.

    Erase keys and checkpoints are those of `keys`; without it, those in the folder. Returns the
    files that the database names and that are missing. Raises RestoreFailed or ClickException.
    """
    live = instance_folder()
    with instance_lock.exclusive() as lock, scratch_folder() as scratch:
        _require_free_place(live, replace=replace)
        try:
            _extract(backup, keys, scratch, identities)
            missing = _prove(live, scratch, keeps_keys=keys is None)
        except (Damaged, WrongIdentity, NotProven, OSError) as error:
            raise RestoreFailed(_sentence(error)) from error
        with instance_lock.replacing(lock):
            _move_in(scratch, live)
    return missing


def _require_free_place(live: Path, *, replace: bool) -> None:
    if Path(str(db.engine.url.database)) != live / contents.DATABASE:
        raise RestoreFailed(
            "BOARD_DATABASE_URL names a database elsewhere: unset it, then restore."
        )
    if schema.state(db.engine) is not State.EMPTY and not replace:
        raise RestoreFailed(
            "There is a board in this instance folder. With --replace it is moved aside."
        )


def _extract(
    backup: Backup, keys: Path | None, folder: Path, identities: Sequence[Identity]
) -> None:
    if archive.sha256_of(backup.archive) != backup.manifest.sha256:
        raise Damaged
    for path in (backup.archive, *([keys] if keys else [])):
        archive.extract(path, folder, identities=identities)


def _prove(live: Path, restored: Path, *, keeps_keys: bool) -> list[str]:
    if keeps_keys:
        (restored / "tips").mkdir(mode=0o700, exist_ok=True)
        _copy_if_there(live / contents.KEYS, restored / contents.KEYS)
        _copy_if_there(live / contents.CHECKPOINTS, restored / contents.CHECKPOINTS)
    _use_own_database(restored / "board.toml")
    return proof.prove(restored, restored=True)


def _copy_if_there(path: Path, to: Path) -> None:
    if path.is_dir():
        shutil.copytree(path, to)
    elif path.exists():
        shutil.copy2(path, to)


def _use_own_database(toml: Path) -> None:
    """Comment out a `database_url` in board.toml: the database is in the instance folder now."""
    if toml.exists():
        text = toml.read_text(encoding="utf-8")
        changed = re.sub(r"^(?=\s*database_url\s*=)", "# restored as board.db: ", text, flags=re.M)
        toml.write_text(changed, encoding="utf-8")


def _move_in(restored: Path, live: Path) -> None:
    """Move what is there aside and the restored in, the database last."""
    db.session.remove()
    read_connections.close()
    close_connections()
    os.sync()
    aside = next(path for n in range(1, 10**6) if not (path := live / f"{ASIDE}-{n}").exists())
    aside.mkdir(mode=0o700)
    tops = dict.fromkeys(name.partition("/")[0] for name in contents.BOARD_FILES)
    for name in (*tops, *(f"{contents.DATABASE}{end}" for end in ("-wal", "-shm", ""))):
        if (live / name).exists():
            (live / name).rename(aside / name)
        if (restored / name).exists():
            (restored / name).rename(live / name)
    _drop_copied_keys(aside, live)
    os.sync()


def _drop_copied_keys(aside: Path, live: Path) -> None:
    """Delete erase keys that are in use again: a copy would outlive the erasure of its tip."""
    for path in (aside / contents.KEYS).glob("*"):
        if (live / contents.KEYS / path.name).exists():
            path.unlink()


def _sentence(error: Exception) -> str:
    if isinstance(error, WrongIdentity):
        return "None of the age identities opens this backup. Name the right file with --identity."
    if isinstance(error, Damaged):
        return "The backup is damaged: an archive is not as it was written. Take another one."
    if isinstance(error, NotProven):
        return f"What is in the backup is not a whole board. {error}"
    return f"A file could not be read or written: {error}."

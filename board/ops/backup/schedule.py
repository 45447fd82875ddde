"""Schedule of backups: one is due when the last is too old; and what `doctor` says."""

from datetime import datetime, timedelta
from pathlib import Path

from board.db import database_copy, db, now
from board.ops.backup import status
from board.ops.backup.folder import Backup, BackupFolder
from board.runtime.app import setting

PAUSE = timedelta(hours=1)  # between two attempts
COPY_AGE = timedelta(days=14)  # of the copy made before migrations: as old as erase keys may get
_CLOCK_ERROR = timedelta(minutes=5)
Finding = tuple[bool, str]


def folder() -> BackupFolder | None:
    """The folder of BOARD_BACKUP_FOLDER; None if backups are made by other means."""
    path = setting("BACKUP_FOLDER")
    return BackupFolder(Path(path)) if path else None


def is_due() -> bool:
    there, last = folder(), status.last_attempt()
    if there is None or (last and _is_recent(last.moment, PAUSE)):
        return False
    period = timedelta(hours=setting("BACKUP_HOURS"))
    is_proven = any(_is_recent(each.made_at, period) for each in there.backups())
    return not is_proven or bool(there.expired_keys(now()))


def has_old_copies() -> bool:
    return bool(_old_copies())


def delete_old_copies() -> None:
    for path in _old_copies():
        path.unlink(missing_ok=True)


def findings() -> list[Finding]:
    """Whether there is a proven backup, how old it is, and what went wrong since."""
    there = folder()
    if there is None:
        return [(True, "the board makes no backups (BOARD_BACKUP_FOLDER is not set)")]
    last, backups = status.last_attempt(), there.backups()
    found = [
        _age_of(backups[-1]) if backups else (False, "no backup was ever proven: run `backup`")
    ]
    if last and last.problem:
        found.append((False, f"the last try to make a backup failed: {last.problem}"))
    if backups and not backups[-1].manifest.is_encrypted:
        advice = "set BOARD_BACKUP_RECIPIENT, or encrypt the disk they are on"
        found.append(
            (True, f"backups are not encrypted, and contain the board’s secrets: {advice}")
        )
    return found


def _age_of(backup: Backup) -> Finding:
    hours = (now() - backup.made_at) // timedelta(hours=1)
    text = f"the last proven backup is {backup.path.name}, {hours} hours old"
    if not backup.is_complete():
        return False, f"{text}: its archive is missing or cut off, run `backup`"
    limit = 2 * setting("BACKUP_HOURS")
    return (
        hours <= limit,
        text if hours <= limit else f"{text}: run `backup` and see what it says",
    )


def _is_recent(moment: datetime, period: timedelta) -> bool:
    """Within this time before now; a moment in the future is from a clock that was wrong."""
    return moment - _CLOCK_ERROR <= now() < moment + period


def _old_copies() -> list[Path]:
    copies = Path(str(db.engine.url.database)).parent / database_copy.COPIES
    limit = (now() - COPY_AGE).timestamp()
    paths = copies.iterdir() if copies.is_dir() else ()
    return [path for path in paths if path.stat().st_mtime < limit]

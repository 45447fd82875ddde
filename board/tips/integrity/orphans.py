"""Erase keys and attachments that belong to no tip in the database.

Some are left by a tip that was never committed. But to an older database, or an empty one, all are:
a key deleted then would destroy its tip in every backup. So a file is deleted only when it is seen
without a tip twice, a week apart, and never while the database is older than it was.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from board.db import db
from board.tips.crypto import key_files
from board.tips.dates import today
from board.tips.integrity import checkpoint_file, checkpoints
from board.tips.models.audit_log import AuditEntry
from board.tips.models.tip import Tip, TipItem

WAIT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many files without a tip were deleted, how many wait, and whether none may be deleted
    because the database is older than it was (`went_back`) or has no log yet (`is_new`).
    """

    deleted: int
    waiting: int
    went_back: bool = False
    is_new: bool = False


def sweep() -> Outcome:
    """Delete files without a tip that were without one a week ago, too; record the others."""
    orphans = _orphans()
    if checkpoints.check():
        return Outcome(0, len(orphans), went_back=True)
    if db.session.scalar(select(AuditEntry.id).limit(1)) is None:
        return Outcome(0, len(orphans), is_new=True)
    due = _due(orphans)
    for name in due:
        orphans[name].unlink(missing_ok=True)
    return Outcome(len(due), len(orphans) - len(due))


def _due(orphans: Collection[str]) -> list[str]:
    """Those first seen a week ago or earlier. Records the day of the others."""
    day, last_day = today().isoformat(), (today() - WAIT).isoformat()
    with checkpoint_file.changing() as state:
        state.unknown = {name: state.unknown.get(name, day) for name in orphans}
        return [name for name, first in state.unknown.items() if first <= last_day]


def _orphans() -> dict[str, Path]:
    """Files without a tip, by folder and name. Called inside a write, so no tip is being sent."""
    found = {
        f"{folder}/{path.name}": path
        for folder in ("keys", "files")
        for path in key_files.folder(folder).iterdir()
    }
    keys = {f"keys/{ref}" for ref in db.session.scalars(select(Tip.ref))}
    files = {f"files/{name}" for name in db.session.scalars(select(TipItem.file).distinct())}
    return {name: path for name, path in found.items() if name not in keys | files}

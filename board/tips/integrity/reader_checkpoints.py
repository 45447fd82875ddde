"""What each reader saw of the database last, encrypted with their own key.

The board's checkpoint is only as safe as its file. Nobody but the reader can write theirs.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, select

from board.db import db
from board.tips.crypto.primitives import Key
from board.tips.dates import today
from board.tips.integrity import checkpoints, snapshots
from board.tips.integrity.checkpoint_file import State
from board.tips.models import audit_log
from board.tips.models.audit_log import AuditAction, AuditEntry
from board.tips.models.key_holders import TipReader


@dataclass(frozen=True, slots=True)
class Look:
    """What went back for everybody (`board`), and compared with what this reader saw (`own`).
    `last_visit`: the last day before today on which they unlocked tips, or None. `seen`: the state
    they saw then.
    """

    board: list[str]
    own: list[str]
    last_visit: date | None
    seen: State | None

    @property
    def parts(self) -> list[str]:
        return sorted({*self.board, *self.own})


def look(reader: TipReader, key: Key) -> Look:
    """Compare the database with what this reader saw last, and store what they see now.

    If the log does not explain a difference, the tip form closes for everybody.
    """
    board = checkpoints.check()
    seen = checkpoints.load_own(checkpoints.reader_name(reader.id), reader, key)
    with db.engine.connect() as connection:
        current = snapshots.take(connection)
        own = snapshots.older_parts(seen["state"], current, connection) if seen else []
        is_explained = not own or _is_explained(own, seen["on"], connection)
    if not is_explained:
        board = checkpoints.report(own)
    if not own and not board:
        _store(reader, key, current, seen)
    return Look(board, own, _day_before(seen), seen.get("state"))


def log_acceptance(reader: TipReader) -> None:
    audit_log.append_entry(AuditAction.ACCEPT, by=reader.user)


def accept(reader: TipReader, key: Key) -> None:
    """This reader has looked. Call after `log_acceptance` is committed."""
    current = checkpoints.snapshot()
    checkpoints.accept(current)
    seen = checkpoints.load_own(checkpoints.reader_name(reader.id), reader, key)
    _store(reader, key, current, seen)


def _is_explained(own: list[str], last: str, connection: Connection) -> bool:
    """Whether a colleague has looked since the day `last`, or the roster was begun anew."""
    since = AuditEntry.made_on >= date.fromisoformat(last)
    acts = set(connection.scalars(select(AuditEntry.act).where(since)))
    return AuditAction.ACCEPT in acts or (own == ["roster"] and AuditAction.BEGIN in acts)


def _store(reader: TipReader, key: Key, state: State, seen: dict[str, Any]) -> None:
    day, before = today().isoformat(), _day_before(seen)
    value = {"state": state, "on": day, "before": before and before.isoformat()}
    if value != seen:
        checkpoints.store_own(checkpoints.reader_name(reader.id), reader, key, value)


def _day_before(seen: dict[str, Any]) -> date | None:
    """The last day before today in a reader's checkpoint."""
    days = (seen.get("on"), seen.get("before"))
    return max((date.fromisoformat(d) for d in days if d and d < today().isoformat()), default=None)

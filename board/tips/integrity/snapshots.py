"""Snapshots of the database of tips, and in what a later one is older than an earlier one."""

from typing import Any

from sqlalchemy import Connection, func, select

from board.tips.integrity.checkpoint_file import State
from board.tips.models.audit_log import AuditAction, AuditEntry
from board.tips.models.key_holders import TipReader, fingerprint
from board.tips.models.roster import Roster
from board.tips.models.tip import Tip, TipItem

TIPS_MAX = 1000  # the newest; a flood of tips must not make each look slow


def take(connection: Connection) -> State:
    """The last entry of the log and the last roster, each with its hash; epoch, last number and
    count of items of each tip; account and key of each reader.
    """
    log = select(AuditEntry.id, AuditEntry.hash).order_by(AuditEntry.id.desc()).limit(1)
    roster = select(Roster.id, Roster.body).order_by(Roster.id.desc()).limit(1)
    return {
        "log": [[id, hash.hex()] for id, hash in connection.execute(log)],
        "roster": [[id, fingerprint(body.encode())] for id, body in connection.execute(roster)],
        "tips": _tips(connection),
        "readers": _readers(connection),
    }


def older_parts(seen: State, current: State, connection: Connection) -> list[str]:
    """The parts of `current` that do not follow from `seen`: "log", "roster", "tips", "readers".

    A tip or a reader may be gone if the log says so in an entry made since.
    """
    since = _LaterEntries(seen, connection)
    is_later = {
        "log": all(_log_hash(id, connection) == hash for id, hash in seen["log"]),
        "roster": all(_roster_hash(id, connection) == hash for id, hash in seen["roster"]),
        "tips": _tips_follow(seen["tips"], current["tips"], since.erased),
        "readers": _readers_follow(seen["readers"], current["readers"], since.left),
    }
    return [part for part, is_good in is_later.items() if not is_good]


def _tips(connection: Connection) -> dict[str, list[int]]:
    of_tip = select(func.count(TipItem.id)).where(TipItem.tip_id == Tip.id).scalar_subquery()
    columns = select(Tip.id, Tip.epoch, Tip.last_number, of_tip)
    newest = columns.order_by(Tip.id.desc()).limit(TIPS_MAX)
    return {str(id): numbers for id, *numbers in connection.execute(newest)}


def _readers(connection: Connection) -> dict[str, list[Any]]:
    rows = connection.execute(select(TipReader.id, TipReader.user_id, TipReader.public))
    return {str(id): [user_id, fingerprint(public)] for id, user_id, public in rows}


def _tips_follow(seen: Any, current: Any, erased: set[int]) -> bool:
    """Whether no tip has shrunk, or is gone without an entry in the log."""
    oldest = min(map(int, current)) if len(current) == TIPS_MAX else 0  # no room for older ones
    return all(
        int(id) < oldest or int(id) in erased or _has_grown(before, current.get(id))
        for id, before in seen.items()
    )


def _readers_follow(seen: Any, current: Any, left: set[int]) -> bool:
    """Whether no reader has another key, or is gone without an entry in the log."""
    return all(
        current.get(id) == before or (id not in current and before[0] in left)
        for id, before in seen.items()
    )


class _LaterEntries:
    """What the log says since: numbers of erased tips, and accounts whose key was deleted."""

    def __init__(self, seen: State, connection: Connection) -> None:
        last = max((id for id, _hash in seen["log"]), default=0)
        columns = select(AuditEntry.act, AuditEntry.tip_id, AuditEntry.about_id)
        rows = connection.execute(columns.where(AuditEntry.id > last)).all()
        leaving = (AuditAction.REMOVE, AuditAction.RESTART)
        self.erased = {row.tip_id for row in rows if row.act == AuditAction.ERASE}
        self.left = {row.about_id for row in rows if row.act in leaving}


def _has_grown(before: list[int], after: list[int] | None) -> bool:
    """None may shrink, or be no number. Checkpoints of earlier versions have no count of items."""
    if after is None:
        return False
    return all(
        isinstance(now, int) and (not isinstance(then, int) or now >= then)
        for then, now in zip(before, after, strict=False)
    )


def _log_hash(id: int, connection: Connection) -> str | None:
    hash: bytes | None = connection.scalar(select(AuditEntry.hash).where(AuditEntry.id == id))
    return hash.hex() if hash else None


def _roster_hash(id: int, connection: Connection) -> str | None:
    body: Any = connection.scalar(select(Roster.body).where(Roster.id == id))
    return fingerprint(body.encode()) if body else None

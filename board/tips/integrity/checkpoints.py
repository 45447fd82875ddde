"""Checkpoints: notices that the database went back, in a restore or behind the board's back.

Each check compares the database with what was seen before, outside of it. If it goes on from there,
the checkpoint moves forward. If not, nothing is encrypted and nothing erased until a reader has
looked (reader_checkpoints.py), and everybody it concerns is told.
"""

import base64
from typing import Any

from sqlalchemy import Connection

from board.db import db
from board.tips.crypto import key_files, pepper
from board.tips.crypto.primitives import DecryptionFailed, Key
from board.tips.integrity import checkpoint_file, snapshots
from board.tips.integrity.checkpoint_file import Checkpoints, State
from board.tips.models.key_holders import KeyHolder


class WentBack(Exception):
    """The database is older than what was seen of it, and no reader has looked yet."""


def check() -> list[str]:
    """The parts of the database that went back; if there are none, the checkpoint moves forward."""
    checkpoints, current = checkpoint_file.load(), snapshot()
    is_unused = checkpoints.board is None and not any(current.values())
    if not checkpoints.went_back and (is_unused or checkpoints.board == current):
        return []
    with checkpoint_file.changing() as checkpoints, db.engine.connect() as connection:
        # A connection of its own: the snapshot of this request's may be older than the file.
        _compare(checkpoints, connection)
        return checkpoints.went_back


def lacks_digest() -> bool:
    """Check; and whether this is a database of earlier versions, without a digest of its pepper."""
    check()
    return pepper.is_unknown()


def require_intact() -> None:
    """Raises WentBack."""
    if check():
        raise WentBack


def report(parts: list[str]) -> list[str]:
    """Somebody's own checkpoint tells that these parts went back. Returns all that did."""
    with checkpoint_file.changing() as checkpoints:
        checkpoints.went_back = sorted({*checkpoints.went_back, *parts})
        return checkpoints.went_back


def accept(state: State) -> None:
    """A reader has looked: this state is where the database goes on from."""
    with checkpoint_file.changing() as checkpoints:
        checkpoints.went_back = []
        move_forward(checkpoints, state)


def forget_roster() -> None:
    """An administrator has deleted the roster, so there is none that the next must follow."""
    with checkpoint_file.changing() as checkpoints:
        if checkpoints.board:
            checkpoints.board["roster"] = []


def load_own(name: str, holder: KeyHolder, key: Key) -> dict[str, Any]:
    """What this holder stored under `name`; nothing if there is no such checkpoint."""
    sealed = checkpoint_file.load().holders.get(name, "")
    try:
        return dict(holder.decrypt_own(key, "checkpoint", base64.b64decode(sealed)))
    except (DecryptionFailed, ValueError):
        return {}


def store_own(name: str, holder: KeyHolder, key: Key, value: dict[str, Any]) -> None:
    """Store the value so that only this holder can read or write it."""
    sealed = holder.encrypt_for_self(key, "checkpoint", value, least=128)
    with checkpoint_file.changing() as checkpoints:
        checkpoints.holders[name] = base64.b64encode(sealed).decode()


def snapshot() -> State:
    with db.engine.connect() as connection:
        return snapshots.take(connection)


def reader_name(id: int | str) -> str:
    """The name of a reader's checkpoint. A source's is the ref of the tip."""
    return f"r{id}"


def move_forward(checkpoints: Checkpoints, current: State) -> None:
    """Checkpoints of readers who are gone, and of sources whose tip is erased, end here."""
    checkpoints.board = current
    readers = {reader_name(id) for id in current["readers"]}
    refs = {path.name for path in key_files.folder("keys").iterdir()}
    checkpoints.holders = {
        name: sealed for name, sealed in checkpoints.holders.items() if name in readers | refs
    }


def _compare(checkpoints: Checkpoints, connection: Connection) -> None:
    current = snapshots.take(connection)
    older = _older_parts(checkpoints.board, current, connection)
    checkpoints.went_back = sorted({*checkpoints.went_back, *older})
    if not checkpoints.went_back:
        move_forward(checkpoints, current)


def _older_parts(seen: State | None, current: State, connection: Connection) -> list[str]:
    """What went back. No tip is taken before the first checkpoint, so with tips in the database
    a file without one was emptied; it was damaged if it cannot be compared.
    """
    if seen is None:
        return ["file"] if current["tips"] and pepper.stored_digest() is not None else []
    try:
        return snapshots.older_parts(seen, current, connection)
    except (AttributeError, KeyError, TypeError, ValueError):
        return ["file"]

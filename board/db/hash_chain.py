"""Logs nobody can edit unseen: each row carries a hash over itself and the row before.

The database refuses to change or delete a row (triggers, made by the migration that makes the
table); what is changed behind its back is found by `first_broken`. Rows taken from the end leave
no gap: keep the last hash somewhere else to notice that.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from sqlalchemy import select

from board.db import db


class ChainedRow(Protocol):
    """A row of such a log."""

    id: Any
    hash: Any

    def compute_hash(self, previous: bytes) -> bytes:
        """The hash this row must have after a row with the hash `previous`."""


def row_hash(previous: bytes, told: Mapping[str, Any]) -> bytes:
    """The hash of a row that says `told`; moments and days are told as ISO 8601."""
    plain = {name: _plain(value) for name, value in told.items()}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous + text.encode()).digest()


def append(row: ChainedRow) -> None:
    """The only way into a log. Called inside a write, so no other row comes between."""
    kind: Any = type(row)
    newest = select(kind.hash).order_by(kind.id.desc()).limit(1)
    row.hash = row.compute_hash(db.session.scalar(newest) or b"")
    db.session.add(row)
    db.session.flush()


def find_tampered(rows: Iterable[ChainedRow], *, previous: bytes = b"") -> int | None:
    """The id of the first row, of these in their order, that is not as it was written after the
    one with the hash `previous`."""
    for row in rows:
        if row.compute_hash(previous) != row.hash:
            return int(row.id)
        previous = row.hash
    return None


def find_tampered_tail(kind: Any, count: int) -> int | None:
    """The same of so many at the end of a log: a quick look in passing."""
    ending = select(kind).order_by(kind.id.desc()).offset(count).limit(1)
    before = db.session.scalar(ending)
    rest = select(kind).where(kind.id > (before.id if before else 0)).order_by(kind.id)
    rows = db.session.scalars(rest.execution_options(yield_per=1000))
    return find_tampered(rows, previous=before.hash if before else b"")


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date, too

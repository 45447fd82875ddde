"""Hash chain: an append-only log in which each row has a hash over itself and the row before.

The database refuses to change or delete a row (triggers, made by the migration that makes the
table); `find_tampered` finds what was changed behind its back. Rows taken from the end leave no
gap: store the last hash elsewhere to notice that.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from sqlalchemy import select

from board.db import db


class ChainedRow(Protocol):
    """A row of a hash-chained log."""

    id: Any
    hash: Any

    def compute_hash(self, previous: bytes) -> bytes:
        """The hash this row must have after the row with the hash `previous`."""


def row_hash(previous: bytes, fields: Mapping[str, Any]) -> bytes:
    """SHA-256 over the previous hash and these fields as JSON; dates and times are ISO 8601."""
    plain = {name: _plain(value) for name, value in fields.items()}
    text = json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(previous + text.encode()).digest()


def append(row: ChainedRow) -> None:
    """Append a row, the only way into a log. Called inside a write, so no row comes between."""
    model: Any = type(row)
    newest = select(model.hash).order_by(model.id.desc()).limit(1)
    row.hash = row.compute_hash(db.session.scalar(newest) or b"")
    db.session.add(row)
    db.session.flush()


def find_tampered(rows: Iterable[ChainedRow], *, previous: bytes = b"") -> int | None:
    """The id of the first of these rows, in their order, that is not as it was written; `previous`
    is the hash before them."""
    for row in rows:
        if row.compute_hash(previous) != row.hash:
            return int(row.id)
        previous = row.hash
    return None


def find_tampered_tail(model: Any, count: int) -> int | None:
    """The same for the last `count` rows of a log: a quick check. If a row cannot be read, the
    first such row.
    """
    try:
        return _find_in_tail(model, count)
    except (TypeError, ValueError):  # a value of another type, which SQLite stores in any column
        return next(
            id
            for id in db.session.scalars(select(model.id).order_by(model.id))
            if not _is_readable(model, id)
        )


def _find_in_tail(model: Any, count: int) -> int | None:
    row_before_tail = select(model).order_by(model.id.desc()).offset(count).limit(1)
    before = db.session.scalar(row_before_tail)
    tail = select(model).where(model.id > (before.id if before else 0)).order_by(model.id)
    rows = db.session.scalars(tail.execution_options(yield_per=1000))
    return find_tampered(rows, previous=before.hash if before else b"")


def _is_readable(model: Any, id: int) -> bool:
    try:
        row = db.session.scalars(select(model).where(model.id == id)).one()
        return bool(row.compute_hash(row.hash))
    except (TypeError, ValueError):
        return False


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value  # a datetime is a date, too

"""The roster: whose keys new tips are sealed to.

Each change is signed by somebody who was on it before, so a row slipped into the database adds
no reader. Sources see its fingerprint, and can compare it with the one in print.
"""

import json
from typing import Any, Self

from sqlalchemy import Select, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base, db
from board.tips.crypto import primitives
from board.tips.crypto.primitives import Key
from board.tips.dates import today
from board.tips.models import audit_log
from board.tips.models.audit_log import AuditAction
from board.tips.models.key_holders import KeyHolder, TipReader, fingerprint

Entries = dict[int, dict[str, str]]


class Roster(Base):
    """Whose keys new tips are sealed to, signed by one of them at each change."""

    __tablename__ = "tip_roster"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(String(20_000))
    signer_id: Mapped[int]  # of a holder, who may be gone by now
    signature: Mapped[bytes]

    @classmethod
    def newest(cls) -> Select[Self]:
        return select(cls).order_by(cls.id.desc()).limit(1)


class Forged(Exception):
    """The roster in the database was not signed by who should have."""


def members() -> list[TipReader]:
    """Readers on the roster whose keys are the ones that were signed. Raises Forged."""
    entries = _newest_entries()
    readers = [r for r in db.session.scalars(TipReader.all()) if r.id in entries]
    if any(entries[reader.id] != {**entries[reader.id], **_entry(reader)} for reader in readers):
        raise Forged
    return readers


def seal_of() -> str | None:
    """The fingerprint of the roster as it stands."""
    newest = db.session.scalar(Roster.newest())
    return fingerprint(newest.body.encode()) if newest else None


def is_begun() -> bool:
    """Whether anybody ever signed one. Who begins it signs for themselves."""
    return db.session.scalar(select(Roster.id).limit(1)) is not None


def begin_anew() -> None:
    """Forget the one there is: those who could sign have lost their keys. The next reader signs
    for themselves, and sources see another fingerprint."""
    db.session.execute(delete(Roster))
    audit_log.append_entry(AuditAction.BEGIN, by=None)


def free_id() -> int:
    """For a new reader: one that no reader ever had of whom the roster speaks."""
    newest = db.session.scalar(select(func.max(KeyHolder.id))) or 0
    return max(newest, *_newest_entries(), 0) + 1


def add(reader: TipReader, *, by: TipReader, key: Key) -> None:
    """`by` signs for `reader`; who is first signs for themselves. Raises Forged."""
    entries = _newest_entries()
    entries[reader.id] = {**_entry(reader), "by": str(by.id), "on": today().isoformat()}
    _sign(entries, by=by, key=key)
    audit_log.append_entry(AuditAction.ADD, by=by.user, about=reader.user)


def remove(reader: TipReader, *, by: TipReader, key: Key) -> None:
    entries = _newest_entries()
    entries.pop(reader.id, None)
    _sign(entries, by=by, key=key)
    audit_log.append_entry(AuditAction.REMOVE, by=by.user, about=reader.user)


def _sign(entries: Entries, *, by: TipReader, key: Key) -> None:
    before = db.session.scalar(Roster.newest())
    body = json.dumps(
        {
            "before": fingerprint(before.body.encode()) if before else "",
            "readers": {str(id): entry for id, entry in sorted(entries.items())},
        }
    )
    db.session.add(Roster(body=body, signer_id=by.id, signature=key.sign(body.encode())))


def _newest_entries() -> Entries:
    """What the last row says, if every row was signed by somebody on the one before it."""
    entries: Entries = {}
    before = ""
    for row in db.session.scalars(select(Roster).order_by(Roster.id)):
        said: Any = json.loads(row.body)
        now = {int(id): entry for id, entry in said["readers"].items()}
        signer = (entries or now).get(row.signer_id, {}).get("verifier", "")
        signed = primitives.is_signed(row.body.encode(), row.signature, bytes.fromhex(signer))
        if not signed or said["before"] != before:
            raise Forged
        entries, before = now, fingerprint(row.body.encode())
    return entries


def _entry(reader: TipReader) -> dict[str, str]:
    return {"public": fingerprint(reader.public), "verifier": (reader.verifier or b"").hex()}

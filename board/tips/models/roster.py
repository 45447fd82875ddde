"""The roster: the readers whose keys new tips are encrypted to.

Each change is signed by somebody who was on it before, so a row slipped into the database adds no
reader. Sources see its fingerprint, and can compare it with the printed one.
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
    """One version of the roster, signed by a reader."""

    __tablename__ = "tip_roster"

    id: Mapped[int] = mapped_column(primary_key=True)
    body: Mapped[str] = mapped_column(String(20_000))
    signer_id: Mapped[int]  # no foreign key: the holder may be deleted
    signature: Mapped[bytes]

    @classmethod
    def newest(cls) -> Select[Self]:
        return select(cls).order_by(cls.id.desc()).limit(1)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self.body.encode())


class ForgedRoster(Exception):
    """The roster in the database lacks a valid signature, or a key differs from the signed one."""


def members() -> list[TipReader]:
    """Readers on the roster. Raises ForgedRoster if one has another key than was signed."""
    entries = _verified_entries()
    readers = [r for r in db.session.scalars(TipReader.active()) if r.id in entries]
    if any(entries[reader.id] != {**entries[reader.id], **_entry(reader)} for reader in readers):
        raise ForgedRoster
    return readers


def leavers() -> list[TipReader]:
    """Readers still on the roster whose account may not read tips any more. Nothing is encrypted
    to them. Raises ForgedRoster.
    """
    entries = _verified_entries()
    return [reader for reader in db.session.scalars(TipReader.inactive()) if reader.id in entries]


def has_entry(reader: TipReader) -> bool:
    """Whether the reader was signed for and not removed since. Raises ForgedRoster."""
    return reader.id in _verified_entries()


def current_fingerprint() -> str | None:
    """Fingerprint of the current roster."""
    newest = db.session.scalar(Roster.newest())
    return newest.fingerprint if newest else None


def printed_fingerprint() -> str | None:
    """Number and fingerprint of the current roster. A number lower than the printed one shows that
    the database went back.
    """
    newest = db.session.scalar(Roster.newest())
    return f"{newest.id} · {newest.fingerprint}" if newest else None


def exists() -> bool:
    """Whether there is a roster. The first reader signs for themselves."""
    return db.session.scalar(select(Roster.id).limit(1)) is not None


def reset() -> None:
    """Delete the roster, because those who could sign have lost their keys.

    The next reader signs for themselves, and sources see another fingerprint.
    """
    db.session.execute(delete(Roster))
    audit_log.append_entry(AuditAction.BEGIN, by=None)


def next_reader_id() -> int:
    """An id for a new reader that no reader in the roster has ever had."""
    newest = db.session.scalar(select(func.max(KeyHolder.id))) or 0
    return max(newest, *_verified_entries(), 0) + 1


def add(reader: TipReader, *, by: TipReader, key: Key) -> None:
    """`by` signs for `reader`; the first reader signs for themselves. Raises ForgedRoster."""
    entries = _verified_entries()
    entries[reader.id] = {**_entry(reader), "by": str(by.id), "on": today().isoformat()}
    _sign(entries, by=by, key=key)
    audit_log.append_entry(AuditAction.ADD, by=by.user, about=reader.user)


def remove(reader: TipReader, *, by: TipReader, key: Key) -> None:
    entries = _verified_entries()
    entries.pop(reader.id, None)
    _sign(entries, by=by, key=key)
    audit_log.append_entry(AuditAction.REMOVE, by=by.user, about=reader.user)


def _sign(entries: Entries, *, by: TipReader, key: Key) -> None:
    previous = db.session.scalar(Roster.newest())
    body = json.dumps(
        {
            "before": fingerprint(previous.body.encode()) if previous else "",
            "readers": {str(id): entry for id, entry in sorted(entries.items())},
        }
    )
    db.session.add(Roster(body=body, signer_id=by.id, signature=key.sign(body.encode())))


def _verified_entries() -> Entries:
    """The entries of the last version, if each version was signed by somebody on the one before."""
    entries: Entries = {}
    previous = ""
    for row in db.session.scalars(select(Roster).order_by(Roster.id)):
        current, before = _read(row)
        signer = (entries or current).get(row.signer_id, {}).get("verifier", "")
        signed = primitives.is_signed(row.body.encode(), row.signature, bytes.fromhex(signer))
        if not signed or before != previous:
            raise ForgedRoster
        entries, previous = current, fingerprint(row.body.encode())
    return entries


def _read(row: Roster) -> tuple[Entries, str]:
    """The entries, and the fingerprint of the version before. Raises ForgedRoster if the text is
    none that the board writes: it is read before its signature can be checked.
    """
    try:
        body: Any = json.loads(row.body)
        entries = {int(id): dict(entry) for id, entry in body["readers"].items()}
        if all(bytes.fromhex(entry["verifier"]) for entry in entries.values()):
            return entries, str(body["before"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise ForgedRoster


def _entry(reader: TipReader) -> dict[str, str]:
    return {"public": fingerprint(reader.public), "verifier": (reader.verifier or b"").hex()}

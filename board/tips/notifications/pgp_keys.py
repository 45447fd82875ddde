"""OpenPGP keys of readers, so that only they learn from an email that there is something.

A key is used once its owner has typed back a code encrypted to it. From then on that reader's email
is encrypted or not sent at all: an expired key stops it, and the desk says so.
"""

import hashlib
import hmac
import secrets
from datetime import date, timedelta
from typing import Self

from sqlalchemy import ForeignKey, Select, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base, db, now
from board.tips.crypto.pgp import BadKey, PublicKey, merge_update
from board.tips.dates import today
from board.tips.models.key_holders import KeyHolder, TipReader

CODE_DIGITS = 8
TRIES_MAX = 5
WARN_BEFORE = timedelta(days=30)  # of expiry


class PgpKey(Base):
    """An OpenPGP key. `asked`: hash of the code encrypted to it; None once that was typed back."""

    __tablename__ = "tip_mail_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey(KeyHolder.id, ondelete="CASCADE"), index=True)
    certificate: Mapped[bytes]
    asked: Mapped[bytes | None]
    tries: Mapped[int] = mapped_column(default=0)
    made_on: Mapped[date]

    @classmethod
    def for_reader(cls, reader: TipReader) -> Select[Self]:
        """The proven key, which the reader's email is encrypted to."""
        return select(cls).where(cls.holder_id == reader.id, cls.asked.is_(None))

    @classmethod
    def unproven_for(cls, reader: TipReader) -> Select[Self]:
        """The key the reader has yet to prove."""
        return select(cls).where(cls.holder_id == reader.id, cls.asked.is_not(None))

    @classmethod
    def offer(cls, reader: TipReader, key: PublicKey) -> str:
        """Store a key to be proven, in place of an unproven one; return the code to encrypt."""
        delete_unproven(reader)
        code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
        db.session.add(
            cls(holder_id=reader.id, certificate=key.raw, asked=_hash(code), made_on=today())
        )
        return code

    def prove(self, typed: str) -> bool:
        """Whether `typed` is the code; then this key replaces the previous one.

        After TRIES_MAX wrong codes it is deleted.
        """
        if self.asked is not None and hmac.compare_digest(self.asked, _hash(typed)):
            others = delete(PgpKey).where(PgpKey.holder_id == self.holder_id, PgpKey.id != self.id)
            db.session.execute(others)
            self.asked = None
            return True
        self.tries += 1
        if self.tries >= TRIES_MAX:
            db.session.delete(self)
        return False

    def update(self, data: bytes) -> bool:
        """Whether `data` is the same key; then its newer self-signatures count: a later expiry or a
        revocation.
        """
        merged = merge_update(self.certificate, data)
        if merged is not None:
            self.certificate = merged
        return merged is not None

    @property
    def key(self) -> PublicKey:
        """Raises BadKey."""
        return PublicKey.read(self.certificate)

    @property
    def expires_on(self) -> date | None:
        moment = self.key.expires_at
        return moment.date() if moment else None

    @property
    def is_usable(self) -> bool:
        try:
            return bool(self.key)
        except BadKey:
            return False

    @property
    def expires_soon(self) -> bool:
        """Whether a valid key expires within 30 days."""
        moment = self.key.expires_at if self.is_usable else None
        return moment is not None and moment <= now() + WARN_BEFORE

    @property
    def fingerprint(self) -> str:
        return grouped(PublicKey.fingerprint_of(self.certificate))


def delete_unproven(reader: TipReader) -> None:
    """Delete the reader's unproven key."""
    unproven = delete(PgpKey).where(PgpKey.holder_id == reader.id, PgpKey.asked.is_not(None))
    db.session.execute(unproven)


def delete_keys(reader: TipReader) -> None:
    """Delete the reader's keys: email is unencrypted again."""
    db.session.execute(delete(PgpKey).where(PgpKey.holder_id == reader.id))


def grouped(fingerprint: str) -> str:
    """The fingerprint in groups of four, as people compare it."""
    return " ".join(fingerprint[start : start + 4] for start in range(0, len(fingerprint), 4))


def _hash(code: str) -> bytes:
    digits = "".join(c for c in code if c.isdecimal())
    return hashlib.sha256(b"tips/1|mail-key|" + digits.encode()).digest()

"""OpenPGP keys of readers, so that their mail tells nobody else that there is something.

A key counts once its owner has typed back what was encrypted to it. From then on that reader's
mail is encrypted or not sent at all: a key that expired stops it, and the desk says so.
"""

import hashlib
import hmac
import secrets
from datetime import date, timedelta
from typing import Self

from sqlalchemy import ForeignKey, Select, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base, db, now
from board.tips.crypto.pgp import BadKey, PublicKey, merged
from board.tips.dates import today
from board.tips.models.key_holders import KeyHolder, TipReader

CODE_DIGITS = 8
TRIES = 5
WARN = timedelta(days=30)  # before a key expires


class PgpKey(Base):
    """`asked`: of what was encrypted to it, a hash; none once it was typed back."""

    __tablename__ = "tip_mail_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey(KeyHolder.id, ondelete="CASCADE"), index=True)
    certificate: Mapped[bytes]
    asked: Mapped[bytes | None]
    tries: Mapped[int] = mapped_column(default=0)
    made_on: Mapped[date]

    @classmethod
    def of(cls, reader: TipReader) -> Select[Self]:
        """The one their mail is encrypted to."""
        return select(cls).where(cls.holder_id == reader.id, cls.asked.is_(None))

    @classmethod
    def waiting_of(cls, reader: TipReader) -> Select[Self]:
        """The one they have yet to prove is theirs."""
        return select(cls).where(cls.holder_id == reader.id, cls.asked.is_not(None))

    @classmethod
    def offer(cls, reader: TipReader, key: PublicKey) -> str:
        """Keep the key until it is proven, in place of one that waits; the code to encrypt."""
        withdraw(reader)
        code = "".join(secrets.choice("0123456789") for _ in range(CODE_DIGITS))
        db.session.add(
            cls(holder_id=reader.id, certificate=key.raw, asked=_hash(code), made_on=today())
        )
        return code

    def prove(self, typed: str) -> bool:
        """Whether `typed` is the code; then this key takes the place of the one before.

        After so many wrong codes it is forgotten.
        """
        if self.asked is not None and hmac.compare_digest(self.asked, _hash(typed)):
            others = delete(PgpKey).where(PgpKey.holder_id == self.holder_id, PgpKey.id != self.id)
            db.session.execute(others)
            self.asked = None
            return True
        self.tries += 1
        if self.tries >= TRIES:
            db.session.delete(self)
        return False

    def update(self, data: bytes) -> bool:
        """Whether `data` is this very key; then what its owner says of it now counts, be it that it
        lives longer or that it is revoked."""
        newer = merged(self.certificate, data)
        if newer is not None:
            self.certificate = newer
        return newer is not None

    @property
    def key(self) -> PublicKey:
        """Raises BadKey."""
        return PublicKey.read(self.certificate)

    @property
    def ends_on(self) -> date | None:
        until = self.key.until
        return until.date() if until else None

    @property
    def is_good(self) -> bool:
        try:
            return bool(self.key)
        except BadKey:
            return False

    @property
    def ends_soon(self) -> bool:
        """Within 30 days; not of one that has."""
        until = self.key.until if self.is_good else None
        return until is not None and until <= now() + WARN

    @property
    def fingerprint(self) -> str:
        return grouped(PublicKey.fingerprint_of(self.certificate))


def withdraw(reader: TipReader) -> None:
    """The key that waits is not offered any more."""
    waiting = delete(PgpKey).where(PgpKey.holder_id == reader.id, PgpKey.asked.is_not(None))
    db.session.execute(waiting)


def forget(reader: TipReader) -> None:
    """No key any more: mail comes as it did before there was one."""
    db.session.execute(delete(PgpKey).where(PgpKey.holder_id == reader.id))


def grouped(fingerprint: str) -> str:
    """As people compare it."""
    return " ".join(fingerprint[at : at + 4] for at in range(0, len(fingerprint), 4))


def _hash(code: str) -> bytes:
    digits = "".join(c for c in code if c.isdecimal())
    return hashlib.sha256(b"tips/1|mail-key|" + digits.encode()).digest()

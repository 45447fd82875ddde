"""The pepper: 48 secret bytes of this machine, outside the database.

The first sixteen salt codes, which have no salt of their own; the rest go into every key
derivation. The database stores a digest of it. So a pepper that is missing or another one is
noticed; replaced silently, it would make every code and passphrase a wrong one.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Mapped, mapped_column

from board.config import durable_files
from board.db import Base, db
from board.tips.crypto.private_files import checkpoint_path, folder

SIZE = 48  # bytes


class PepperLost(Exception):
    """The pepper is missing, or is not the one this database was begun with."""


class PepperDigest(Base):
    """One row: the digest of the pepper that belongs to this database."""

    __tablename__ = "tip_pepper"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes]


def load() -> bytes:
    """The pepper. Created only for a database that nobody's key depends on. Raises PepperLost."""
    path, expected = _path(), stored_digest()
    if not path.exists():
        if is_needed():
            raise PepperLost
        durable_files.write_first(path, secrets.token_bytes(SIZE))
    pepper = path.read_bytes()
    if len(pepper) != SIZE or not hmac.compare_digest(expected or digest(pepper), digest(pepper)):
        raise PepperLost
    return pepper


def check() -> None:
    """Raises PepperLost. Creates nothing."""
    if is_needed():
        load()


def remember() -> None:
    """Store the digest with the first key that depends on the pepper. Call inside a write.

    From then on the file of checkpoints exists as well: if it is missing, somebody removed it.
    """
    if stored_digest() is None:
        durable_files.write_first(checkpoint_path(), b"")
        db.session.add(PepperDigest(id=1, digest=digest(load())))


def is_needed() -> bool:
    """Whether any key depends on the pepper."""
    return stored_digest() is not None or _has_key_holders()


def is_unknown() -> bool:
    """Whether keys depend on a pepper the database has no digest of: it is older than digests."""
    return stored_digest() is None and _has_key_holders() and _path().exists()


def stored_digest() -> bytes | None:
    with db.session.no_autoflush:
        return db.session.scalar(select(PepperDigest.digest))


def digest(pepper: bytes) -> bytes:
    return hmac.new(pepper, b"tips/1|pepper", hashlib.sha256).digest()


def _has_key_holders() -> bool:
    return db.session.scalar(text("SELECT 1 FROM tip_holder LIMIT 1")) is not None


def _path() -> Path:
    return folder() / "pepper"

"""Key holders: tip readers, and the base they share with sources (source.py).

Both have a key pair, so a source can be answered, and their keys renewed, while they are away.
"""

import base64
import hashlib
import json
import secrets
from datetime import date, timedelta
from typing import Any, NamedTuple, Self

from sqlalchemy import ColumnElement, ForeignKey, Select, String, and_, delete, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, now
from board.tips.crypto import pepper, primitives
from board.tips.crypto.primitives import DecryptionFailed, Key
from board.tips.dates import today


class KeyHolder(Base):
    """A key pair whose secret key is encrypted with its holder's passphrase or code."""

    __tablename__ = "tip_holder"
    __mapper_args__ = {"polymorphic_on": "kind"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), info={"words": ["reader", "source"]})
    public: Mapped[bytes]
    wrapped: Mapped[bytes]

    def wrap_key(self, key: Key, kek: bytes) -> None:
        """Encrypt the key with `kek`, which the pepper was needed for. Call inside a write."""
        pepper.remember()
        self.public = key.public
        self.wrapped = primitives.encrypt(kek, key.seed, *self._context())

    def unwrap_key(self, kek: bytes) -> Key:
        """Raises DecryptionFailed."""
        return Key.from_seed(primitives.decrypt(kek, self.wrapped, *self._context()), self.public)

    def encrypt_for_self(self, key: Key, purpose: str, value: Any, *, least: int = 512) -> bytes:
        """`value` as JSON, padded to one size, encrypted so that only this holder can read it."""
        data = primitives.pad(json.dumps(value).encode(), least=least)
        return primitives.encrypt(key.derive_private(purpose), data, purpose, *self._context())

    def decrypt_own(self, key: Key, purpose: str, locked: bytes) -> Any:
        data = primitives.decrypt(key.derive_private(purpose), locked, purpose, *self._context())
        return json.loads(primitives.unpad(data))

    def _context(self) -> tuple[str, str]:
        return self.kind, fingerprint(self.public)


class TipReader(KeyHolder):
    """A member of the newsroom with a passphrase for tips. An administrator cannot reset it."""

    __mapper_args__ = {"polymorphic_identity": "reader"}

    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), unique=True)
    verifier: Mapped[bytes | None]
    salt: Mapped[bytes | None]
    wrapped_recovery: Mapped[bytes | None]
    # Recipient of exports, encrypted: board/tips/desk/export_recipient.py.
    export_to: Mapped[bytes | None]
    has_news: Mapped[bool | None]

    user: Mapped[User] = relationship()

    @classmethod
    def create(
        cls, user: User, key: Key, locks: "PassphraseKeys", *, id: int | None = None
    ) -> Self:
        reader = cls(id=id, user=user, verifier=key.verifier, has_news=False)
        reader.change_passphrase(key, locks)
        db.session.add(reader)
        return reader

    @classmethod
    def for_user(cls, user: User) -> Select[Self]:
        return select(cls).where(cls.user_id == user.id).options(joinedload(cls.user))

    @classmethod
    def active(cls) -> Select[Self]:
        """Readers with a passphrase who may read tips, oldest first."""
        return cls._with_users().where(may_read_tips())

    @classmethod
    def inactive(cls) -> Select[Self]:
        """Readers whose account may not read tips: the right revoked, suspended, or gone."""
        return cls._with_users().where(~may_read_tips())

    @classmethod
    def _with_users(cls) -> Select[Self]:
        return select(cls).join(cls.user).options(joinedload(cls.user)).order_by(cls.id)

    @property
    def may_read_tips(self) -> bool:
        """The same as the function `may_read_tips`, of this reader."""
        return self.user.can_read_tips and self.user.may_write

    def change_passphrase(self, key: Key, locks: "PassphraseKeys") -> None:
        """Encrypt the key anew; the old passphrase and recovery words stop working."""
        self.salt = locks.salt
        self.wrap_key(key, locks.kek)
        self.wrapped_recovery = primitives.encrypt(
            locks.recovery, key.seed, "recovery", *self._context()
        )

    def recover(self, kek: bytes) -> Key:
        """Raises DecryptionFailed."""
        seed = primitives.decrypt(kek, self.wrapped_recovery or b"", "recovery", *self._context())
        return Key.from_seed(seed, self.public)


def may_read_tips() -> ColumnElement[bool]:
    """Whether an account may read tips now."""
    suspended = and_(User.suspended_until.is_not(None), User.suspended_until > now())
    return and_(User.can_read_tips.is_(True), User.left_on.is_(None), ~suspended)


class PassphraseKeys(NamedTuple):
    """Keys derived from a reader's passphrase and recovery words, and their salt."""

    salt: bytes
    kek: bytes
    recovery: bytes


class UnlockedSession(Base):
    """A browser in which somebody has unlocked their key.

    The token in the cookie and this row decrypt it together; neither does alone. The expiry is
    inside the ciphertext, because a timestamp here would tell when a source came.
    """

    __tablename__ = "tip_unlocked"
    IDLE_TIMEOUT = {"reader": timedelta(minutes=15), "source": timedelta(minutes=30)}
    LIFETIME = timedelta(hours=8)
    TOUCH_INTERVAL = timedelta(minutes=1)

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey(KeyHolder.id), index=True)
    sealed: Mapped[bytes]
    made_on: Mapped[date]

    holder: Mapped[KeyHolder] = relationship(lazy="joined")

    @classmethod
    def start(cls, holder: KeyHolder, key: Key) -> str:
        """Start a session and return its token. Deletes sessions of earlier days."""
        db.session.execute(delete(cls).where(cls.made_on < today() - timedelta(days=1)))
        token = secrets.token_urlsafe(32)
        session = cls(token_hash=_hash(token), holder=holder, made_on=today())
        session._encrypt(token, key.seed, now().timestamp() + cls.LIFETIME.total_seconds())
        db.session.add(session)
        return token

    @classmethod
    def with_token(cls, token: str) -> Select[Self]:
        return select(cls).where(cls.token_hash == _hash(token))

    @classmethod
    def end_all(cls, holder: KeyHolder) -> None:
        db.session.execute(delete(cls).where(cls.holder_id == holder.id))

    def key(self, token: str) -> Key | None:
        """The key, or None if the session has expired."""
        payload = self._decrypt(token)
        if payload is None or now().timestamp() > min(payload["idle"], payload["ends"]):
            return None
        return Key.from_seed(base64.b64decode(payload["seed"]), self.holder.public)

    def needs_touch(self, token: str) -> bool:
        """Whether it is time to record activity."""
        payload = self._decrypt(token)
        left = self.IDLE_TIMEOUT[self.holder.kind] - self.TOUCH_INTERVAL
        return payload is not None and payload["idle"] < (now() + left).timestamp()

    def touch(self, token: str) -> None:
        if payload := self._decrypt(token):
            self._encrypt(token, base64.b64decode(payload["seed"]), payload["ends"])

    def _encrypt(self, token: str, seed: bytes, ends: float) -> None:
        idle = now() + self.IDLE_TIMEOUT[self.holder.kind]
        payload = {"seed": base64.b64encode(seed).decode(), "idle": idle.timestamp(), "ends": ends}
        secret = primitives.derive(token.encode(), "unlocked")
        context = fingerprint(self.holder.public)
        self.sealed = primitives.encrypt(secret, json.dumps(payload).encode(), "unlocked", context)

    def _decrypt(self, token: str) -> Any:
        secret = primitives.derive(token.encode(), "unlocked")
        context = fingerprint(self.holder.public)
        try:
            return json.loads(primitives.decrypt(secret, self.sealed, "unlocked", context))
        except DecryptionFailed:
            return None


def fingerprint(public: bytes) -> str:
    """A fingerprint people can compare by eye: 32 hexadecimal digits in groups of four."""
    digits = hashlib.sha256(public).hexdigest()[:32].upper()
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

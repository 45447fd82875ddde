"""Who holds keys: the source of a tip, by a code; a reader of tips, by a reading passphrase.

Both are the same thing, so a source can be answered, and their keys renewed, while they are away.
"""

import base64
import hashlib
import json
import secrets
from datetime import date, timedelta
from typing import Any, NamedTuple, Self

from sqlalchemy import ForeignKey, Select, String, delete, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, now
from board.tips.crypto import primitives
from board.tips.crypto.primitives import DecryptionFailed, Key
from board.tips.dates import today


class KeyHolder(Base):
    """A pair of keys; the secret one is wrapped by what its holder knows."""

    __tablename__ = "tip_holder"
    __mapper_args__ = {"polymorphic_on": "kind"}

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    public: Mapped[bytes]
    wrapped: Mapped[bytes]

    def wrap_key(self, key: Key, kek: bytes) -> None:
        self.public = key.public
        self.wrapped = primitives.encrypt(kek, key.seed, *self._place())

    def unwrap_key(self, kek: bytes) -> Key:
        """Raises BadSeal."""
        return Key.of(primitives.decrypt(kek, self.wrapped, *self._place()), self.public)

    def encrypt_for_self(self, key: Key, purpose: str, thing: Any) -> bytes:
        """`thing` as only this holder can read it again; of one size for all."""
        data = primitives.pad(json.dumps(thing).encode(), least=512)
        return primitives.encrypt(key.derive_private(purpose), data, purpose, *self._place())

    def decrypt_own(self, key: Key, purpose: str, locked: bytes) -> Any:
        data = primitives.decrypt(key.derive_private(purpose), locked, purpose, *self._place())
        return json.loads(primitives.unpad(data))

    def _place(self) -> tuple[str, str]:
        return self.kind, fingerprint(self.public)


class Source(KeyHolder):
    """Somebody with a code. Nothing here says who, or when they came."""

    __mapper_args__ = {"polymorphic_identity": "source"}

    tag: Mapped[bytes | None] = mapped_column(unique=True)
    # How often and on which day the code was last used: for the source's eyes only.
    visits: Mapped[bytes | None]

    @classmethod
    def with_tag(cls, tag: bytes) -> Select[Self]:
        return select(cls).where(cls.tag == tag)

    def change_code(self, key: Key, *, tag: bytes, kek: bytes) -> None:
        """Whoever came with the old one is out."""
        self.tag = tag
        self.wrap_key(key, kek)
        UnlockedSession.end_all(self)

    def note_visit(self, key: Key) -> dict[str, Any]:
        """What the visits were before this one: `count`, and `on`, the day of the last or None."""
        before = self.visits_before(key)
        after = {"count": before["count"] + 1, "on": today().isoformat()}
        self.visits = self.encrypt_for_self(key, "visits", {**after, "before": before})
        return before

    def visits_before(self, key: Key, *, current: bool = False) -> dict[str, Any]:
        """`current`: as they were before the visit that is going on."""
        if self.visits is None:
            return {"count": 0, "on": None}
        visits = self.decrypt_own(key, "visits", self.visits)
        before = visits.pop("before")
        return dict(before if current else visits)


class TipReader(KeyHolder):
    """A member of the newsroom with a reading passphrase. An administrator cannot reset it."""

    __mapper_args__ = {"polymorphic_identity": "reader"}

    user_id: Mapped[int | None] = mapped_column(ForeignKey(User.id), unique=True)
    verifier: Mapped[bytes | None]
    salt: Mapped[bytes | None]
    wrapped_recovery: Mapped[bytes | None]
    # Whom exports are encrypted to, sealed: board/tips/desk/export.py.
    export_to: Mapped[bytes | None]
    has_news: Mapped[bool | None]

    user: Mapped[User] = relationship()

    @classmethod
    def make(cls, user: User, key: Key, locks: "PassphraseKeys", *, id: int | None = None) -> Self:
        reader = cls(id=id, user=user, verifier=key.verifier, has_news=False)
        reader.change_passphrase(key, locks)
        db.session.add(reader)
        return reader

    @classmethod
    def of(cls, user: User) -> Select[Self]:
        return select(cls).where(cls.user_id == user.id).options(joinedload(cls.user))

    @classmethod
    def all(cls) -> Select[Self]:
        """Whoever has a reading passphrase and may read tips, in the order they came."""
        able = User.can_read_tips.is_(True)
        return select(cls).join(cls.user).where(able).options(joinedload(cls.user)).order_by(cls.id)

    def change_passphrase(self, key: Key, locks: "PassphraseKeys") -> None:
        """What opened the key before opens it no more."""
        self.salt = locks.salt
        self.wrap_key(key, locks.kek)
        self.wrapped_recovery = primitives.encrypt(
            locks.recovery, key.seed, "recovery", *self._place()
        )

    def recover(self, kek: bytes) -> Key:
        """Raises BadSeal."""
        wrapped = primitives.decrypt(kek, self.wrapped_recovery or b"", "recovery", *self._place())
        return Key.of(wrapped, self.public)


class PassphraseKeys(NamedTuple):
    """What a reader's passphrase and recovery words were stretched to, with which salt."""

    salt: bytes
    kek: bytes
    recovery: bytes


class UnlockedSession(Base):
    """A browser in which somebody has unlocked their key.

    The token in its cookie and this row open it together; either alone opens nothing. When it
    ends stands inside the lock, for a moment here would say when a source came.
    """

    __tablename__ = "tip_unlocked"
    IDLE = {"reader": timedelta(minutes=15), "source": timedelta(minutes=30)}
    LIFE = timedelta(hours=8)
    TOUCH = timedelta(minutes=1)

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    holder_id: Mapped[int] = mapped_column(ForeignKey(KeyHolder.id), index=True)
    sealed: Mapped[bytes]
    made_on: Mapped[date]

    holder: Mapped[KeyHolder] = relationship(lazy="joined")

    @classmethod
    def begin(cls, holder: KeyHolder, key: Key) -> str:
        """The token of a new one. Those of days before go."""
        db.session.execute(delete(cls).where(cls.made_on < today() - timedelta(days=1)))
        token = secrets.token_urlsafe(32)
        unlocked = cls(token_hash=_hash(token), holder=holder, made_on=today())
        unlocked._lock(token, key.seed, now().timestamp() + cls.LIFE.total_seconds())
        db.session.add(unlocked)
        return token

    @classmethod
    def with_token(cls, token: str) -> Select[Self]:
        return select(cls).where(cls.token_hash == _hash(token))

    @classmethod
    def end_all(cls, holder: KeyHolder) -> None:
        db.session.execute(delete(cls).where(cls.holder_id == holder.id))

    def key(self, token: str) -> Key | None:
        """The key, or None when the time is over."""
        kept = self._kept(token)
        if kept is None or now().timestamp() > min(kept["idle"], kept["ends"]):
            return None
        return Key.of(base64.b64decode(kept["seed"]), self.holder.public)

    def is_due(self, token: str) -> bool:
        """Whether it is time to note that somebody is still there."""
        kept = self._kept(token)
        spare = self.IDLE[self.holder.kind] - self.TOUCH
        return kept is not None and kept["idle"] < (now() + spare).timestamp()

    def touch(self, token: str) -> None:
        if kept := self._kept(token):
            self._lock(token, base64.b64decode(kept["seed"]), kept["ends"])

    def _lock(self, token: str, seed: bytes, ends: float) -> None:
        idle = now() + self.IDLE[self.holder.kind]
        kept = {"seed": base64.b64encode(seed).decode(), "idle": idle.timestamp(), "ends": ends}
        secret = primitives.derive(token.encode(), "unlocked")
        place = fingerprint(self.holder.public)
        self.sealed = primitives.encrypt(secret, json.dumps(kept).encode(), "unlocked", place)

    def _kept(self, token: str) -> Any:
        secret = primitives.derive(token.encode(), "unlocked")
        place = fingerprint(self.holder.public)
        try:
            return json.loads(primitives.decrypt(secret, self.sealed, "unlocked", place))
        except DecryptionFailed:
            return None


def fingerprint(public: bytes) -> str:
    """What people compare by eye: 32 hexadecimal digits in groups of four."""
    digits = hashlib.sha256(public).hexdigest()[:32].upper()
    return " ".join(digits[at : at + 4] for at in range(0, 32, 4))


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

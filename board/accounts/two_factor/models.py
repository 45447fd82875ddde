"""Second factor of staff: TOTP digits, or one of ten recovery codes."""

import base64
import hmac
import secrets
from collections.abc import Sequence
from datetime import date, datetime
from typing import Self

from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.auth.passkeys import Passkey
from board.accounts.models import User
from board.accounts.two_factor.encryption import decrypt_secret, encrypt_secret, hash_code
from board.accounts.two_factor.totp import normalize_code, totp_counter
from board.db import Base, db, hash_chain, now

RECOVERY_CODES = 10


class SecondFactor(Base):
    """The second factor of one user."""

    __tablename__ = "second_factor"
    WRONG_MAX = 100  # in a row; then only a recovery code helps (NIST SP 800-63B-4, 3.2.2)

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    sealed: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(default=0)  # time step of the last right digits
    wrong: Mapped[int] = mapped_column(default=0)  # tries since then
    enrolled_on: Mapped[date]

    codes: Mapped[list["RecoveryCode"]] = relationship(cascade="all, delete-orphan")

    @classmethod
    def for_user(cls, user: User) -> Self | None:
        return db.session.get(cls, user.id)

    def accept(self, code: str, *, keys: Sequence[str]) -> bool:
        """True for digits of the current time step or a neighbour, or for a recovery code. `keys`
        are the secret key and those before it.

        Each is accepted once. Called inside a write, so of two simultaneous tries one succeeds.
        """
        code = normalize_code(code)
        step = self._step_of(code, keys)
        if step is not None and self.wrong < self.WRONG_MAX:
            self.last_step, self.wrong = step, 0
            return True
        return self._use_recovery_code(code, keys)

    def renew_codes(self, *, key: str) -> list[str]:
        """New recovery codes to print, in place of the old ones."""
        codes = [_new_code() for _ in range(RECOVERY_CODES)]
        self.codes = [RecoveryCode(user_id=self.user_id, hash=_hash(code, key)) for code in codes]
        return codes

    def has_code(self, code: str, *, keys: Sequence[str]) -> bool:
        """True if this recovery code is unused. Does not use it."""
        return self._unused(code, keys) is not None

    def can_decrypt(self, *, keys: Sequence[str]) -> bool:
        """True if the secret was encrypted with one of these keys."""
        return self._secret(keys) is not None

    def reencrypt(self, *, keys: Sequence[str]) -> None:
        """Encrypt the secret with the first of the keys."""
        if secret := self._secret(keys):
            self.sealed = encrypt_secret(self.user_id, secret, key=keys[0])

    def _use_recovery_code(self, code: str, keys: Sequence[str]) -> bool:
        unused = self._unused(code, keys)
        if unused is None:
            self.wrong += 1
            return False
        self.codes.remove(unused)
        self.wrong = 0
        record(TwoFactorAction.RECOVER, self.user_id)
        return True

    def _unused(self, code: str, keys: Sequence[str]) -> "RecoveryCode | None":
        hashes = [_hash(code, key) for key in keys]
        for each in self.codes:
            if any(hmac.compare_digest(each.hash, hashed) for hashed in hashes):
                return each
        return None

    def _step_of(self, digits: str, keys: Sequence[str]) -> int | None:
        secret = self._secret(keys)
        step = totp_counter(secret, digits) if secret else None
        return step if step and step > self.last_step else None

    def _secret(self, keys: Sequence[str]) -> str | None:
        return decrypt_secret(self.user_id, self.sealed, keys=keys)


class RecoveryCode(Base):
    """A code used once in place of the digits. The UI calls it a backup code."""

    __tablename__ = "recovery_code"

    user_id: Mapped[int] = mapped_column(ForeignKey(SecondFactor.user_id), primary_key=True)
    hash: Mapped[bytes] = mapped_column(primary_key=True)


class TwoFactorAction:
    ENROL = "enrol"
    RECOVER = "recover"  # a recovery code was used
    RENEW = "renew"  # new recovery codes
    RESET = "reset"  # by an administrator


class TwoFactorEvent(Base):
    """Audit row of a second factor, in a hash chain (board.db.hash_chain)."""

    __tablename__ = "second_factor_act"
    HASHED = ("act", "user_id", "made_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    hash: Mapped[bytes] = mapped_column(unique=True)

    user: Mapped[User] = relationship()

    @classmethod
    def for_user(cls, user: User) -> Select[Self]:
        """The last ten of this user, newest first."""
        return select(cls).where(cls.user_id == user.id).order_by(cls.id.desc()).limit(10)

    @classmethod
    def resets(cls) -> Select[Self]:
        """The last ten resets by an administrator, newest first."""
        resets = select(cls).where(cls.act == TwoFactorAction.RESET).options(joinedload(cls.user))
        return resets.order_by(cls.id.desc()).limit(10)

    def compute_hash(self, previous: bytes) -> bytes:
        return hash_chain.row_hash(previous, {name: getattr(self, name) for name in self.HASHED})


def enrol(user: User, secret: str, *, step: int, key: str) -> list[str]:
    """Set up or replace the second factor. Returns the recovery codes to print.

    `step`: time step of the digits used to enrol, which cannot be used again. The old secret and
    codes stop working.
    """
    factor = SecondFactor.for_user(user) or SecondFactor(user_id=user.id)
    factor.sealed = encrypt_secret(user.id, secret, key=key)
    factor.last_step, factor.wrong, factor.enrolled_on = step, 0, now().date()
    db.session.add(factor)
    record(TwoFactorAction.ENROL, user.id)
    return factor.renew_codes(key=key)


def has_any(user: User) -> bool:
    """Whether there are codes, or a passkey, which stands for them."""
    return bool(_all_of(user))


def _all_of(user: User) -> list[SecondFactor | Passkey]:
    codes = SecondFactor.for_user(user)
    return [*([codes] if codes else []), *db.session.scalars(Passkey.of_user(user))]


def reset(user: User) -> bool:
    """Delete the second factor and passkeys, which stand for it, and sign the user out everywhere.
    False if there were none."""
    factors = _all_of(user)
    if not factors:
        return False
    for factor in factors:
        db.session.delete(factor)
    user.end_sessions()
    record(TwoFactorAction.RESET, user.id)
    return True


def delete_for_user(user: User) -> None:
    if factor := SecondFactor.for_user(user):
        db.session.delete(factor)


def record(act: str, user_id: int) -> None:
    hash_chain.append(TwoFactorEvent(act=act, user_id=user_id, made_at=now()))


def _new_code() -> str:
    characters = base64.b32encode(secrets.token_bytes(10)).decode()[:12]  # 60 bits
    return "-".join(characters[at : at + 4] for at in (0, 4, 8))


def _hash(code: str, key: str) -> bytes:
    return hash_code(normalize_code(code), key=key)

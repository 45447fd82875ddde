"""The second factor of staff: six digits from a telephone (RFC 6238), or one of ten codes on paper.

The secret is kept locked, and the codes as keyed hashes, under a key made from this machine's
secret key: a copy of the database makes no digits, and there is nothing to guess codes against.
"""

import base64
import hashlib
import hmac
import io
import secrets
import unicodedata
from datetime import date, datetime
from typing import Any, Self

import pyotp
import segno
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import ForeignKey, Select, String, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, hash_chain, now

STEP = 30  # seconds
CODES = 10
TICKET_SECONDS = 3600  # how long a page with a new secret is good for


class SecondFactor(Base):
    """What a member of staff shows beside the password."""

    __tablename__ = "second_factor"
    WRONG_MAX = 100  # in a row; then only a code on paper helps (NIST SP 800-63B-4, 3.2.2)

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    sealed: Mapped[bytes]
    last_step: Mapped[int] = mapped_column(default=0)  # of the digits that were right last
    wrong: Mapped[int] = mapped_column(default=0)  # since then
    enrolled_on: Mapped[date]

    codes: Mapped[list["RecoveryCode"]] = relationship(cascade="all, delete-orphan")

    @classmethod
    def for_user(cls, user: User) -> Self | None:
        return db.session.get(cls, user.id)

    def accept(self, typed: str, *, key: str) -> bool:
        """Whether this is right: digits of this half minute or its neighbours, or a code on paper.
        Nothing is right twice. Called inside a write, so of two who try at once one is right."""
        typed = normalize_code(typed)
        step = self._step_of(typed, key)
        if step is not None and self.wrong < self.WRONG_MAX:
            self.last_step, self.wrong = step, 0
            return True
        return self._spend(typed, key)

    def renew_codes(self, *, key: str) -> list[str]:
        """New codes to print; those from before are good no more."""
        codes = [_new_code() for _ in range(CODES)]
        self.codes = [RecoveryCode(user_id=self.user_id, hash=_hash(code, key)) for code in codes]
        return codes

    def has_code(self, code: str, *, key: str) -> bool:
        """Whether this code on paper is still good; it stays so."""
        return any(hmac.compare_digest(kept.hash, _hash(code, key)) for kept in self.codes)

    def is_recovery_code(self, *, key: str) -> bool:
        """Whether it was made with this secret key."""
        return self._secret(key) is not None

    def _spend(self, typed: str, key: str) -> bool:
        given = _hash(typed, key)
        spent = next((code for code in self.codes if hmac.compare_digest(code.hash, given)), None)
        if spent is None:
            self.wrong += 1
            return False
        self.codes.remove(spent)
        self.wrong = 0
        record(TwoFactorAction.RECOVER, self.user_id)
        return True

    def _step_of(self, typed: str, key: str) -> int | None:
        secret = self._secret(key)
        step = totp_counter(secret, typed) if secret else None
        return step if step and step > self.last_step else None

    def _secret(self, key: str) -> str | None:
        return _decrypted("kept", self.user_id, self.sealed, key)


class RecoveryCode(Base):
    """A code on paper, in place of the digits, once."""

    __tablename__ = "recovery_code"

    user_id: Mapped[int] = mapped_column(ForeignKey(SecondFactor.user_id), primary_key=True)
    hash: Mapped[bytes] = mapped_column(primary_key=True)


class TwoFactorAction:
    ENROL = "enrol"
    RECOVER = "recover"  # a code on paper was used
    RENEW = "renew"  # new codes on paper
    RESET = "reset"  # by an operator


class TwoFactorEvent(Base):
    """What happened to somebody's second factor, and when. See hash_chain."""

    __tablename__ = "second_factor_act"
    HASHED = ("act", "user_id", "made_at")

    id: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[str] = mapped_column(String(10))
    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), index=True)
    made_at: Mapped[datetime] = mapped_column(default=now)
    hash: Mapped[bytes] = mapped_column(unique=True)

    user: Mapped[User] = relationship()

    @classmethod
    def of(cls, user: User) -> Select[Self]:
        """The last ten, newest first."""
        return select(cls).where(cls.user_id == user.id).order_by(cls.id.desc()).limit(10)

    @classmethod
    def resets(cls) -> Select[Self]:
        """The last ten an operator made, newest first."""
        made = select(cls).where(cls.act == TwoFactorAction.RESET).options(joinedload(cls.user))
        return made.order_by(cls.id.desc()).limit(10)

    def compute_hash(self, previous: bytes) -> bytes:
        return hash_chain.row_hash(previous, {name: getattr(self, name) for name in self.HASHED})


def enrol(user: User, secret: str, *, step: int, key: str) -> list[str]:
    """From now on digits made from `secret` are asked for, later ones than `step`; the codes to
    print. The telephone and the paper from before are good no more."""
    factor = SecondFactor.for_user(user) or SecondFactor(user_id=user.id)
    factor.sealed = _encrypted("kept", user.id, secret, key)
    factor.last_step, factor.wrong, factor.enrolled_on = step, 0, now().date()
    db.session.add(factor)
    record(TwoFactorAction.ENROL, user.id)
    return factor.renew_codes(key=key)


def reset(user: User) -> bool:
    """Forget telephone and paper, and sign the person out everywhere. False: there was nothing."""
    factor = SecondFactor.for_user(user)
    if factor is None:
        return False
    db.session.delete(factor)
    user.end_sessions()
    record(TwoFactorAction.RESET, user.id)
    return True


def delete_for_user(user: User) -> None:
    if factor := SecondFactor.for_user(user):
        db.session.delete(factor)


def record(act: str, user_id: int) -> None:
    hash_chain.append(TwoFactorEvent(act=act, user_id=user_id, made_at=now()))


def new_secret() -> str:
    return pyotp.random_base32()


def enrolment_token(user: User, secret: str, *, key: str) -> str:
    """A secret nobody has confirmed yet, as the form carries it; only its own person's is taken."""
    return _encrypted("new", user.id, secret, key).decode()


def secret_from_token(ticket: str, user: User, *, key: str) -> str | None:
    """The secret in a ticket of this person that is not too old."""
    return _decrypted("new", user.id, ticket.encode(), key, ttl=TICKET_SECONDS)


def totp_counter(secret: str, typed: str) -> int | None:
    """Which half minute these digits are of: this one, or the one before or after it."""
    here, totp = int(now().timestamp()) // STEP, pyotp.TOTP(secret)
    for step in (here, here - 1, here + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), typed.encode()):
            return step
    return None


def qr_svg(secret: str, *, whose: str, site: str) -> str:
    """For a telephone's camera, as SVG."""
    uri = pyotp.TOTP(secret).provisioning_uri(name=whose, issuer_name=site)
    svg = io.BytesIO()
    segno.make(uri).save(
        svg, kind="svg", scale=4, border=4, dark="#000", light="#fff", xmldecl=False, svgns=False
    )
    return svg.getvalue().decode()


def normalize_code(typed: str) -> str:
    """Digits and codes as people type them: in groups, in small letters, at full width."""
    return "".join(c for c in unicodedata.normalize("NFKC", typed) if c.isalnum()).upper()


def _new_code() -> str:
    letters = base64.b32encode(secrets.token_bytes(10)).decode()[:12]  # 60 bits
    return "-".join(letters[at : at + 4] for at in (0, 4, 8))


def _hash(code: str, key: str) -> bytes:
    return hmac.new(_derived(key, "codes"), normalize_code(code).encode(), hashlib.sha256).digest()


def _encrypted(what: str, user_id: int, secret: str, key: str) -> bytes:
    return bytes(_fernet(key).encrypt(f"{what}|{user_id}|{secret}".encode()))


def _decrypted(
    what: str, user_id: int, locked: bytes, key: str, *, ttl: int | None = None
) -> str | None:
    """The secret, if it was locked as this for this person."""
    try:
        told = _fernet(key).decrypt(locked, ttl=ttl).decode()
    except InvalidToken:
        return None
    secret: str = told.rpartition("|")[2]
    return secret if told == f"{what}|{user_id}|{secret}" else None


def _fernet(key: str) -> Any:
    return Fernet(base64.urlsafe_b64encode(_derived(key, "secret")))


def _derived(key: str, purpose: str) -> bytes:
    info = f"board|second factor|{purpose}".encode()
    return HKDF(hashes.SHA256(), 32, None, info).derive(key.encode())

"""Form tokens: they make a form valid for one submission, without a cookie.

A token is a field of the form itself. It contains its signed creation time; it is also the secret
that encrypts the attachments of an unsent form. Token and content together are the idempotency key
of a submission: who sends the same form again gets the same answer, for ten minutes even a code.
"""

import base64
import hashlib
import hmac
import json
import secrets
import struct
from datetime import date, timedelta
from typing import Any

from sqlalchemy import delete
from sqlalchemy.orm import Mapped, mapped_column

from board.db import Base, db, now
from board.runtime.app import secret_keys
from board.tips.crypto import primitives
from board.tips.crypto.primitives import DecryptionFailed
from board.tips.dates import today

LIFETIME = timedelta(hours=24)
ANSWER_LIFETIME = timedelta(minutes=10)
_RANDOM, _MAC = 24, 16


class FormToken(Base):
    """A form that was sent, and the answer to it, encrypted with the idempotency key: only who has
    the form can read it.
    """

    __tablename__ = "tip_ticket"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    made_on: Mapped[date] = mapped_column(index=True)


def new() -> str:
    body = secrets.token_bytes(_RANDOM) + struct.pack(">Q", int(now().timestamp()))
    return base64.urlsafe_b64encode(body + _mac(body)).decode()


def age(token: str) -> timedelta | None:
    """How old this token is; None if it is invalid or expired."""
    try:
        data = base64.urlsafe_b64decode(token.encode())
    except ValueError:
        return None
    body, mac = data[:-_MAC], data[-_MAC:]
    if len(data) != _RANDOM + 8 + _MAC or not _is_mac_of(body, mac):
        return None
    elapsed = timedelta(seconds=now().timestamp() - struct.unpack(">Q", body[_RANDOM:])[0])
    return elapsed if elapsed < LIFETIME else None


def sign(token: str, text: str) -> str:
    """A signature of `text` for this form, so that the page itself can carry it."""
    return base64.urlsafe_b64encode(_mac(f"{token}|{text}".encode())).decode()


def is_signed(token: str, text: str, signature: str) -> bool:
    """Whether `sign` made the signature of this text for this form."""
    try:
        mac = base64.urlsafe_b64decode(signature.encode())
    except ValueError:
        return False
    return _is_mac_of(f"{token}|{text}".encode(), mac)


def derive_secret(token: str, purpose: str) -> bytes:
    return primitives.derive(token.encode(), purpose)


def idempotency_key(token: str, content: bytes) -> str:
    """The key of a form with this content; empty without a valid token.

    Other content has another key: a form changed after going back is a new one, and is not lost.
    """
    if age(token) is None:
        return ""
    digest = hashlib.sha256(content).hexdigest()
    return base64.urlsafe_b64encode(derive_secret(token, f"sent|{digest}")).decode()


def record(key: str, answer: dict[str, Any]) -> None:
    """Record that the form with this idempotency key was sent.

    `answer` is kept for ten minutes; of it `to`, an address without secrets, for a day.
    """
    db.session.execute(delete(FormToken).where(FormToken.made_on < today() - LIFETIME))
    row = FormToken(token_hash=_hash(key), sealed=_sealed(key, answer), made_on=today())
    db.session.add(row)


def is_used(key: str) -> FormToken | None:
    return db.session.get(FormToken, _hash(key))


def answer_to(key: str) -> dict[str, Any]:
    """The recorded answer; without its secrets when ten minutes have passed."""
    row = is_used(key)
    if row is None or not row.sealed:
        return {}
    try:
        opened = primitives.decrypt(derive_secret(key, "answer"), row.sealed, "answer")
        answer: dict[str, Any] = json.loads(primitives.unpad(opened))
    except DecryptionFailed:
        return {}
    is_fresh = now().timestamp() < answer.pop("until")
    return answer if is_fresh else {"to": answer["to"]} if "to" in answer else {}


def replace_answer(key: str, answer: dict[str, Any]) -> None:
    """Delete what was recorded, and record this instead."""
    if row := is_used(key):
        row.sealed = _sealed(key, answer)


def _sealed(key: str, answer: dict[str, Any]) -> bytes:
    until = (now() + ANSWER_LIFETIME).timestamp()
    data = primitives.pad(json.dumps({**answer, "until": until}).encode(), least=1024)
    return primitives.encrypt(derive_secret(key, "answer"), data, "answer")


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _mac(body: bytes, key: str | None = None) -> bytes:
    key = key or secret_keys()[0]
    return hmac.new(key.encode(), b"tips/1|ticket|" + body, hashlib.sha256).digest()[:_MAC]


def _is_mac_of(body: bytes, mac: bytes) -> bool:
    """Also one made with a secret key that was replaced since."""
    return any(hmac.compare_digest(_mac(body, key), mac) for key in secret_keys())

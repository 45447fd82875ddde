"""Form tokens: they make a form valid for one submission, without a cookie.

A token is a field of the form itself. It contains its signed creation time; it is also the secret
that encrypts the attachments of an unsent form, and for ten minutes the code of a sent one.
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
from board.runtime.app import setting
from board.tips.crypto import primitives
from board.tips.crypto.primitives import DecryptionFailed
from board.tips.dates import today

LIFETIME = timedelta(hours=24)
RESULT_LIFETIME = timedelta(minutes=10)
_RANDOM, _MAC = 24, 16


class FormToken(Base):
    """A form that was sent. For ten minutes the sender can see its code again."""

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
    if len(data) != _RANDOM + 8 + _MAC or not hmac.compare_digest(_mac(body), mac):
        return None
    elapsed = timedelta(seconds=now().timestamp() - struct.unpack(">Q", body[_RANDOM:])[0])
    return elapsed if elapsed < LIFETIME else None


def derive_secret(token: str, purpose: str) -> bytes:
    return primitives.derive(token.encode(), purpose)


def mark_used(token: str, result: str, *, kind: str = "code") -> None:
    """Record that the form was sent, and store its `result` for ten minutes: a code, or a recovery
    sheet.
    """
    db.session.execute(delete(FormToken).where(FormToken.made_on < today() - LIFETIME))
    until = (now() + RESULT_LIFETIME).timestamp()
    data = primitives.pad(json.dumps({"code": result, "until": until}).encode(), least=512)
    sealed = primitives.encrypt(derive_secret(token, kind), data, kind)
    db.session.add(FormToken(token_hash=_hash(token), sealed=sealed, made_on=today()))


def claim_once(token: str | None) -> bool:
    """Whether this form is sent for the first time; marks it as sent.

    True for a form without a valid token.
    """
    if not token or age(token) is None:
        return True
    if is_used(token):
        return False
    mark_used(token, "")
    return True


def is_used(token: str) -> FormToken | None:
    return db.session.get(FormToken, _hash(token))


def result_of(token: str, *, kind: str = "code") -> str | None:
    """The result of this form, for ten minutes after it was sent."""
    row = is_used(token)
    if row is None or not row.sealed:
        return None
    try:
        payload: Any = json.loads(
            primitives.unpad(primitives.decrypt(derive_secret(token, kind), row.sealed, kind))
        )
    except DecryptionFailed:
        return None
    return str(payload["code"]) if now().timestamp() < payload["until"] else None


def delete_result(token: str) -> None:
    if row := is_used(token):
        row.sealed = b""


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()


def _mac(body: bytes) -> bytes:
    key = setting("SECRET_KEY").encode()
    return hmac.new(key, b"tips/1|ticket|" + body, hashlib.sha256).digest()[:_MAC]

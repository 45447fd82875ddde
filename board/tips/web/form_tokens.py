"""Tickets: what makes a form good for one sending, without a cookie.

A ticket stands in the form itself. It says when it was made, signed; it is also the secret under
which the attachments of an unsent form, and for ten minutes the code of a sent one, are locked.
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

LIFE = timedelta(hours=24)
SHOWN = timedelta(minutes=10)
_RANDOM, _MAC = 24, 16


class FormToken(Base):
    """A form that was sent. For ten minutes whoever sent it can see its code again."""

    __tablename__ = "tip_ticket"

    token_hash: Mapped[bytes] = mapped_column(primary_key=True)
    sealed: Mapped[bytes]
    made_on: Mapped[date] = mapped_column(index=True)


def new() -> str:
    body = secrets.token_bytes(_RANDOM) + struct.pack(">Q", int(now().timestamp()))
    return base64.urlsafe_b64encode(body + _mac(body)).decode()


def age(ticket: str) -> timedelta | None:
    """How long ago this ticket was made; None when it is none of ours, or too old."""
    try:
        whole = base64.urlsafe_b64decode(ticket.encode())
    except ValueError:
        return None
    body, mac = whole[:-_MAC], whole[-_MAC:]
    if len(whole) != _RANDOM + 8 + _MAC or not hmac.compare_digest(_mac(body), mac):
        return None
    old = timedelta(seconds=now().timestamp() - struct.unpack(">Q", body[_RANDOM:])[0])
    return old if old < LIFE else None


def secret(ticket: str, purpose: str) -> bytes:
    return primitives.derive(ticket.encode(), purpose)


def mark_used(ticket: str, got: str, *, kind: str = "code") -> None:
    """From now on this form has been sent, and shows what it `got` to whoever has it: a code, or
    what a reader keeps on paper."""
    db.session.execute(delete(FormToken).where(FormToken.made_on < today() - LIFE))
    until = (now() + SHOWN).timestamp()
    data = primitives.pad(json.dumps({"code": got, "until": until}).encode(), least=512)
    sealed = primitives.encrypt(secret(ticket, kind), data, kind)
    db.session.add(FormToken(token_hash=_hash(ticket), sealed=sealed, made_on=today()))


def claim_once(ticket: str | None) -> bool:
    """Whether this form is sent for the first time; from now on it has been. One without a ticket
    of ours always is."""
    if not ticket or age(ticket) is None:
        return True
    if is_used(ticket):
        return False
    mark_used(ticket, "")
    return True


def is_used(ticket: str) -> FormToken | None:
    return db.session.get(FormToken, _hash(ticket))


def result_of(ticket: str, *, kind: str = "code") -> str | None:
    """What this form got, for ten minutes."""
    row = is_used(ticket)
    if row is None or not row.sealed:
        return None
    try:
        kept: Any = json.loads(
            primitives.unpad(primitives.decrypt(secret(ticket, kind), row.sealed, kind))
        )
    except DecryptionFailed:
        return None
    return str(kept["code"]) if now().timestamp() < kept["until"] else None


def delete_result(ticket: str) -> None:
    if row := is_used(ticket):
        row.sealed = b""


def _hash(ticket: str) -> bytes:
    return hashlib.sha256(ticket.encode()).digest()


def _mac(body: bytes) -> bytes:
    key = setting("SECRET_KEY").encode()
    return hmac.new(key, b"tips/1|ticket|" + body, hashlib.sha256).digest()[:_MAC]

"""Encryption of TOTP secrets and keyed hashes of recovery codes.

Both keys are derived from SECRET_KEY. So a copy of the database gives no codes, and nothing to
guess them against.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from board.accounts.models import User

TOKEN_SECONDS = 3600  # lifetime of the page with a new secret


def encrypt_secret(user_id: int, secret: str, *, key: str) -> bytes:
    return _encrypt("kept", user_id, secret, key)


def decrypt_secret(user_id: int, ciphertext: bytes, *, keys: Sequence[str]) -> str | None:
    return _decrypt("kept", user_id, ciphertext, keys)


def enrolment_token(user: User, secret: str, *, key: str) -> str:
    """A secret not confirmed yet, encrypted for the form. Valid for this user only."""
    return _encrypt("new", user.id, secret, key).decode()


def secret_from_token(token: str, user: User, *, keys: Sequence[str]) -> str | None:
    """The secret of an enrolment token of this user, None after TOKEN_SECONDS."""
    return _decrypt("new", user.id, token.encode(), keys, ttl=TOKEN_SECONDS)


def hash_code(code: str, *, key: str) -> bytes:
    """Keyed hash of a recovery code that is normalised."""
    return hmac.new(_derive(key, "codes"), code.encode(), hashlib.sha256).digest()


def _encrypt(purpose: str, user_id: int, secret: str, key: str) -> bytes:
    return bytes(_fernet(key).encrypt(f"{purpose}|{user_id}|{secret}".encode()))


def _decrypt(
    purpose: str, user_id: int, ciphertext: bytes, keys: Sequence[str], *, ttl: int | None = None
) -> str | None:
    """The secret, if it was encrypted for this purpose and user with one of the keys."""
    try:
        text = MultiFernet(_fernet(key) for key in keys).decrypt(ciphertext, ttl=ttl).decode()
    except InvalidToken:
        return None
    secret: str = text.rpartition("|")[2]
    return secret if text == f"{purpose}|{user_id}|{secret}" else None


def _fernet(key: str) -> Any:
    return Fernet(base64.urlsafe_b64encode(_derive(key, "secret")))


def _derive(key: str, purpose: str) -> bytes:
    info = f"board|second factor|{purpose}".encode()
    return HKDF(hashes.SHA256(), 32, None, info).derive(key.encode())

"""Secrets of webhooks: they sign messages, and are stored encrypted with the secret key."""

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from board.api.webhooks.models import Webhook
from board.db import db, now
from board.runtime.app import secret_keys, setting

_PREFIX = "whsec_"
_BYTES = 32


def new_secret() -> bytes:
    """Encrypted."""
    return _keys().encrypt(secrets.token_bytes(_BYTES))


def rotate(webhook: Webhook) -> None:
    """A new secret; the one of before signs for a day, too."""
    webhook.secret, webhook.old_secret, webhook.rotated_at = new_secret(), webhook.secret, now()


def readable(webhook: Webhook) -> str:
    """What the receiver is configured with; empty if no key opens it any more."""
    secret = _decrypt(webhook.secret)
    return f"{_PREFIX}{base64.b64encode(secret).decode()}" if secret else ""


def signature(webhook: Webhook, message_id: str, timestamp: int, body: str) -> str:
    """The header of a message; with two secrets while a new one is introduced."""
    content = f"{message_id}.{timestamp}.{body}".encode()
    is_old_valid = webhook.rotated_at and now() - webhook.rotated_at < Webhook.OLD_SECRET
    sealed = [webhook.secret, webhook.old_secret if is_old_valid else None]
    usable = [secret for each in sealed if (secret := _decrypt(each))]
    return " ".join(
        f"v1,{base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode()}"
        for secret in usable
    )


def is_due() -> bool:
    """Whether a secret is encrypted with a key that was replaced."""
    return bool(setting("SECRET_KEY_FALLBACKS")) and bool(_with_old_keys())


def reencrypt() -> None:
    """Encrypt such secrets with the newest key. Ones that no key opens stay."""
    for webhook, name in _with_old_keys():
        setattr(webhook, name, _keys().rotate(getattr(webhook, name)))


def _with_old_keys() -> list[tuple[Webhook, str]]:
    """Webhooks, and which of their two secrets."""
    newest = MultiFernet([_fernet(setting("SECRET_KEY"))])
    return [
        (webhook, name)
        for webhook in db.session.scalars(Webhook.all())
        for name in ("secret", "old_secret")
        if _decrypt(getattr(webhook, name)) and not _decrypt(getattr(webhook, name), newest)
    ]


def _decrypt(sealed: bytes | None, keys: MultiFernet | None = None) -> bytes | None:
    try:
        return (keys or _keys()).decrypt(sealed) if sealed else None
    except InvalidToken:
        return None


def _keys() -> MultiFernet:
    return MultiFernet([_fernet(key) for key in secret_keys()])


def _fernet(key: str) -> Fernet:
    derived = HKDF(hashes.SHA256(), 32, None, b"board|webhook secret").derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))

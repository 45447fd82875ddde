"""WebAuthn: what browsers are asked for when a passkey is made or used.

The challenges are signed, for one browser, and not stored. Source: W3C, Web Authentication Level 3.
"""

import base64
import ipaddress
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import request
from itsdangerous import URLSafeTimedSerializer
from sqlalchemy import func, select

from board.accounts.auth.passkeys import Passkey, domains_of
from board.accounts.models import User
from board.db import db
from board.runtime.app import setting, signing_keys
from board.web.access import cookie_name
from board.web.request.origins import expected_origin

COOKIE = "passkey"  # names the browser that a challenge is for
LIFE = timedelta(minutes=5)  # of a challenge
SIGN_IN = "sign in"  # purpose of a challenge
ALGORITHMS = (-7, -8, -257)  # ES256, EdDSA, RS256 (COSE)


def is_possible() -> bool:
    """Whether browsers have WebAuthn at our address: it needs TLS and a name."""
    origin = urlsplit(expected_origin())
    try:
        ipaddress.ip_address(origin.hostname or "")
    except ValueError:
        return origin.scheme == "https" or origin.hostname == "localhost"
    return False


def current_rp_id() -> str:
    """The host that passkeys are for. As long as it can be, it stays what it was for the first:
    ours, or a domain above it."""
    host = urlsplit(expected_origin()).hostname or ""
    return db.session.scalar(Passkey.first_rp_id(domains_of(host))) or host


def new_browser() -> str:
    return secrets.token_urlsafe(16)


def count_passkeys(user: User) -> int:
    """How many of this user's work at our address."""
    counted = select(func.count()).select_from(Passkey).where(Passkey.user_id == user.id)
    return db.session.scalar(counted.where(Passkey.rp_id == current_rp_id())) or 0


def adding(user: User) -> str:
    """The purpose of a challenge for a new passkey."""
    return f"add to {user.id}"


def creation_options(user: User, handle: bytes, passkeys: Sequence[Passkey], browser: str) -> Any:
    """What `navigator.credentials.create` is given, with base64url in place of bytes."""
    return {
        "challenge": base64url(_new_challenge(adding(user), browser, base64url(handle)).encode()),
        "rp": {"id": current_rp_id(), "name": setting("SITE_NAME")},
        "user": {"id": base64url(handle), "name": user.name, "displayName": user.name},
        "pubKeyCredParams": [{"type": "public-key", "alg": alg} for alg in ALGORITHMS],
        "authenticatorSelection": {
            "residentKey": "required",
            "requireResidentKey": True,
            "userVerification": "required",
        },
        "excludeCredentials": [
            {"type": "public-key", "id": base64url(each.credential_id)} for each in passkeys
        ],
        "attestation": "none",
        "timeout": int(LIFE.total_seconds() * 1000),
    }


def request_options(browser: str) -> Any:
    """The same for `navigator.credentials.get`. Nothing is looked up but the host."""
    return {
        "challenge": base64url(_new_challenge(SIGN_IN, browser).encode()),
        "rpId": current_rp_id(),
        "userVerification": "required",
        "timeout": int(LIFE.total_seconds() * 1000),
    }


def check_challenge(challenge: str, purpose: str) -> str:
    """What the challenge is about. Raises BadData unless it is ours, for this purpose and this
    browser, and not too old. Whether it was used before is known in a write only."""
    browser = request.cookies.get(cookie_name(COOKIE), "")
    max_age = int(LIFE.total_seconds())
    _nonce, about = _serializer(purpose, browser).loads(challenge, max_age=max_age)
    return str(about)


def _new_challenge(purpose: str, browser: str, about: str = "") -> str:
    return str(_serializer(purpose, browser).dumps([secrets.token_urlsafe(16), about]))


def _serializer(purpose: str, browser: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(signing_keys(), salt=f"webauthn|{purpose}|{browser}")


def unknown_credential(id: str) -> str:
    """This credential id, in base64url, if no passkey has it; else empty."""
    try:
        credential_id = base64.urlsafe_b64decode(id + "=" * (-len(id) % 4))
    except ValueError:
        return ""
    is_known = db.session.scalar(Passkey.with_credential_id(credential_id)) is not None
    return "" if is_known else base64url(credential_id)


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()

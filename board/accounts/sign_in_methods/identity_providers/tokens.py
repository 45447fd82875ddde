"""Tokens of providers: who signed them, for whom, when, and whether for this sign-in.

OpenID Connect Core 3.1.3.7.
"""

import hmac
import json
from datetime import timedelta
from math import isfinite
from typing import Any

from board.accounts.sign_in_methods.identity_providers import jose
from board.accounts.sign_in_methods.identity_providers.jose import BadToken
from board.accounts.sign_in_methods.identity_providers.models import SUBJECT_MAX, OAuthState
from board.accounts.sign_in_methods.identity_providers.providers import Provider
from board.db import now
from board.runtime.http_client import RequestFailed

LEEWAY = timedelta(seconds=60)


def subject_of(token: str, provider: Provider, *, nonce: str) -> str:
    """Whom an ID token is about. Fetches keys that are new. Raises BadToken and RequestFailed."""
    claims = signed_claims(token, provider)
    given = claims.get("nonce")
    if _time(claims, "iat") < (now() - OAuthState.LIFE - LEEWAY).timestamp():
        raise BadToken("iat")
    if not isinstance(given, str) or not hmac.compare_digest(given.encode(), nonce.encode()):
        raise BadToken("nonce")
    return checked_subject(claims.get("sub"))


def checked_subject(subject: Any) -> str:
    """Raises BadToken."""
    is_text = isinstance(subject, str) and subject.isascii() and subject.isprintable()
    if not is_text or not 0 < len(subject) <= SUBJECT_MAX:
        raise BadToken("sub")
    return str(subject)


def signed_claims(token: str, provider: Provider) -> dict[str, Any]:
    """What this provider has said to us, and still stands by. Raises BadToken and RequestFailed."""
    claims = _verified(token, provider)
    if claims.get("iss") != provider.issuer:
        raise BadToken("iss")
    if not _is_for(provider.client_id, claims.get("aud"), claims.get("azp")):
        raise BadToken("aud")
    if _time(claims, "exp") <= (now() - LEEWAY).timestamp():
        raise BadToken("exp")
    if _time(claims, "iat") > (now() + LEEWAY).timestamp():
        raise BadToken("iat")
    return claims


def _verified(token: str, provider: Provider) -> dict[str, Any]:
    """The claims, signed with a key of the provider. Fetches its keys if this one is new, but not
    often. Raises BadToken and RequestFailed."""
    key_id, document = jose.key_id(token), provider.keys()
    if document is None:
        raise RequestFailed("its keys cannot be found")
    keys = _of_id(key_id, document.read())
    if not keys and document.may_try():
        keys = _of_id(key_id, document.fetch())
    if not keys:
        raise BadToken("key")
    return jose.verified(token, keys)


def _of_id(key_id: str, document: dict[str, Any] | None) -> list[dict[str, Any]]:
    keys = (document or {}).get("keys")
    if not isinstance(keys, list):
        return []
    found = (key for key in keys if isinstance(key, dict) and key.get("kid") == key_id)
    return [key for key in found if key.get("kty") in ("RSA", "EC")]  # public keys only


def _is_for(client_id: str, audience: Any, party: Any) -> bool:
    """Whether it is meant for us, and where for others too, asked for by us."""
    audiences = audience if isinstance(audience, list) else [audience]
    if client_id not in audiences:
        return False
    return party == client_id if party is not None else len(audiences) == 1


def _time(claims: dict[str, Any], name: str) -> float:
    """Raises BadToken."""
    value = claims.get(name)
    if not isinstance(value, int | float) or isinstance(value, bool) or not isfinite(value):
        raise BadToken(name)
    return value


def events_in(claims: dict[str, Any]) -> list[dict[str, Any]]:
    """What Apple announces: one event or some, as JSON in a claim. Raises BadToken."""
    text = claims.get("events")
    try:
        events = json.loads(text) if isinstance(text, str) else text
    except (ValueError, RecursionError) as error:
        raise BadToken("events") from error
    events = events if isinstance(events, list) else [events]
    if not all(isinstance(event, dict) for event in events):
        raise BadToken("events")
    return events

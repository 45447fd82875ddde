"""Signatures of tokens. Imported on first use: its library loads for 0.2 seconds."""

from collections.abc import Mapping, Sequence
from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

ALGORITHMS = ("RS256", "ES256")
# What the library raises for what is no token or no key.
_FAULTS = (JoseError, ValueError, TypeError, KeyError, AttributeError, RecursionError)


class BadToken(Exception):
    """A token or a key that proves nothing. The text is a word: what is wrong with it."""


def key_id(token: str) -> str:
    """The id of the key that has signed it, as it says itself. Raises BadToken."""
    try:
        header = jws.extract_compact(token.encode()).headers()
    except _FAULTS as error:
        raise BadToken("header") from error
    named = header.get("kid")
    if header.get("alg") not in ALGORITHMS or not isinstance(named, str):
        raise BadToken("header")
    return named


def verified(token: str, keys: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """The claims that one of these keys has signed. Raises BadToken."""
    try:
        key_set: Any = KeySet.import_key_set({"keys": list(keys)})  # type: ignore[arg-type]
        return dict(jwt.decode(token, key_set, algorithms=ALGORITHMS).claims)
    except _FAULTS as error:
        raise BadToken("signature") from error


def signed(claims: dict[str, Any], *, key: bytes, key_id: str) -> str:
    """With ES256. Raises BadToken if it is no such key."""
    try:
        header = {"alg": "ES256", "kid": key_id}
        return jwt.encode(header, claims, ECKey.import_key(key), ["ES256"])
    except _FAULTS as error:
        raise BadToken("key") from error

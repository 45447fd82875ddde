"""WebAuthn responses: what authenticators answer, and whether it proves anything.

Only here is fido2 imported, which takes a tenth of a second: this module is loaded on first use.
Source: W3C, Web Authentication Level 3, 7.1 and 7.2.
"""

import json
from typing import Any, NamedTuple

from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.utils import websafe_decode
from fido2.webauthn import (
    AttestedCredentialData,
    AuthenticationResponse,
    AuthenticatorData,
    CollectedClientData,
    PublicKeyCredentialRpEntity,
)

from board.accounts.auth.passkeys import Passkey
from board.accounts.auth.webauthn import (
    ALGORITHMS,
    SIGN_IN,
    adding,
    base64url,
    check_challenge,
    current_rp_id,
    unknown_credential,
)
from board.accounts.models import User
from board.db import db
from board.runtime.app import setting
from board.web.request.origins import expected_origin

_CREDENTIAL_ID_MAX, _PUBLIC_KEY_MAX = 1023, 1024  # bytes; a key of RSA-4096 has half of that
_NO_AAGUID = bytes(16)


class BadCredential(Exception):
    """A response that proves nothing."""


class Registration(NamedTuple):
    """A new public key."""

    challenge: str  # to be used up
    user_handle: bytes
    credential_id: bytes
    public_key: bytes
    sign_count: int
    is_synced: bool


class Assertion(NamedTuple):
    """A signature by a passkey."""

    challenge: str  # to be used up
    passkey_id: int
    sign_count: int
    is_synced: bool


def read_registration(text: str, user: User) -> Registration:
    """Raises BadCredential."""
    try:
        return _read_registration(json.loads(text), user)
    except Exception as error:  # what hostile bytes raise in a library is no closed list
        raise BadCredential from error


def read_assertion(text: str) -> Assertion:
    """Raises BadCredential."""
    try:
        return _read_assertion(json.loads(text))
    except Exception as error:
        raise BadCredential from error


def unknown_credential_in(text: str) -> str:
    """The id in a response that proves nothing, if no passkey has it; else empty."""
    try:
        return unknown_credential(json.loads(text)["rawId"])
    except Exception:
        return ""


def _read_registration(response: Any, user: User) -> Registration:
    challenge, handle = _challenge_in(response, adding(user))
    data = _server().register_complete(_state(challenge), response)
    _check_flags(data)
    new = data.credential_data
    if new is None or new.public_key[3] not in ALGORITHMS:
        raise BadCredential
    public_key = cbor.encode(dict(new.public_key))
    if len(new.credential_id) > _CREDENTIAL_ID_MAX or len(public_key) > _PUBLIC_KEY_MAX:
        raise BadCredential
    return Registration(
        challenge=challenge,
        user_handle=websafe_decode(handle),
        credential_id=new.credential_id,
        public_key=public_key,
        sign_count=data.counter,
        is_synced=data.is_backed_up(),
    )


def _read_assertion(response: Any) -> Assertion:
    challenge, _ = _challenge_in(response, SIGN_IN)
    parsed = AuthenticationResponse.from_dict(response)
    passkey = db.session.scalar(Passkey.with_credential_id(parsed.raw_id))
    if passkey is None or parsed.response.user_handle != passkey.user_handle:
        raise BadCredential
    key: Any = cbor.decode(passkey.public_key)
    known = AttestedCredentialData.create(_NO_AAGUID, passkey.credential_id, CoseKey.parse(key))
    _server().authenticate_complete(_state(challenge), [known], response)
    data = parsed.response.authenticator_data
    _check_flags(data)
    return Assertion(challenge, passkey.id, data.counter, data.is_backed_up())


def _challenge_in(response: Any, purpose: str) -> tuple[str, str]:
    """The challenge that was answered, and what it is about. Not in a frame of another site."""
    client_data = CollectedClientData(websafe_decode(response["response"]["clientDataJSON"]))
    challenge = client_data.challenge.decode("ascii")
    if client_data.cross_origin:
        raise BadCredential
    return challenge, check_challenge(challenge, purpose)


def _check_flags(data: AuthenticatorData) -> None:
    """What is backed up must be something that can be."""
    if data.is_backed_up() and not data.is_backup_eligible():
        raise BadCredential


def _state(challenge: str) -> dict[str, str]:
    return {"challenge": base64url(challenge.encode()), "user_verification": "required"}


def _server() -> Fido2Server:
    """It takes our own origin only: by default the library takes those of all subdomains."""
    ours = expected_origin()
    rp = PublicKeyCredentialRpEntity(id=current_rp_id(), name=setting("SITE_NAME"))
    return Fido2Server(rp, verify_origin=lambda origin: origin == ours)

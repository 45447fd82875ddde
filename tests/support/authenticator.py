"""An authenticator in software, and the browser around it: makes passkeys and signs with them."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

USER_PRESENT, USER_VERIFIED, CAN_BACK_UP, BACKED_UP, HAS_KEY = 1, 4, 8, 16, 64
ORIGIN = "http://localhost"


def encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def decode(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Credential:
    """A passkey on the authenticator."""

    rp_id: str
    user_handle: bytes
    key: ec.EllipticCurvePrivateKey
    id: bytes
    count: int = 0


@dataclass
class Authenticator:
    """What is signed can be bent: `origin`, `flags`, `client` (more fields of the client data)."""

    origin: str = ORIGIN
    flags: int = USER_PRESENT | USER_VERIFIED
    counts: bool = False
    algorithm: int = -7
    client: dict[str, Any] = field(default_factory=dict)
    credentials: list[Credential] = field(default_factory=list)

    def create(self, options: dict[str, Any]) -> str:
        """The response to options for a new passkey."""
        key, id = ec.generate_private_key(ec.SECP256R1()), secrets.token_bytes(32)
        handle = decode(options["user"]["id"])
        credential = Credential(options["rp"]["id"], handle, key, id)
        self.credentials.append(credential)
        data = self._data(credential, self.flags | HAS_KEY) + self._key_of(credential)
        attestation = cbor.encode({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", options)
        return self._response(credential, clientDataJSON=client, attestationObject=attestation)

    def get(self, options: dict[str, Any], credential: Credential | None = None) -> str:
        """The response to options for signing in, by the newest passkey unless one is named."""
        credential = credential or self.credentials[-1]
        credential.count += self.counts
        client = self._client("webauthn.get", options)
        data = self._data(credential, self.flags)
        message = data + hashlib.sha256(client).digest()
        return self._response(
            credential,
            clientDataJSON=client,
            authenticatorData=data,
            signature=credential.key.sign(message, ec.ECDSA(hashes.SHA256())),
            userHandle=credential.user_handle,
        )

    def _client(self, kind: str, options: dict[str, Any]) -> bytes:
        fields = {"type": kind, "challenge": options["challenge"], "origin": self.origin}
        return json.dumps({**fields, "crossOrigin": False, **self.client}).encode()

    def _data(self, credential: Credential, flags: int) -> bytes:
        rp_id_hash = hashlib.sha256(credential.rp_id.encode()).digest()
        return rp_id_hash + bytes([flags]) + credential.count.to_bytes(4, "big")

    def _key_of(self, credential: Credential) -> bytes:
        point = credential.key.public_key().public_numbers()
        x, y = (number.to_bytes(32, "big") for number in (point.x, point.y))
        key = cbor.encode({1: 2, 3: self.algorithm, -1: 1, -2: x, -3: y})
        return bytes(16) + len(credential.id).to_bytes(2, "big") + credential.id + key

    def _response(self, credential: Credential, **fields: bytes) -> str:
        id = encode(credential.id)
        response = {name: encode(value) for name, value in fields.items()}
        return json.dumps({"id": id, "rawId": id, "type": "public-key", "response": response})


def add_passkey(client: FlaskClient, authenticator: Authenticator, **fields: str) -> TestResponse:
    """Adds a passkey to the account that is signed in."""
    options = client.post("/account/passkeys/options").json
    credential = authenticator.create(options)
    return client.post("/account/passkeys", data={"credential": credential, **fields})


def sign_in_with_passkey(
    client: FlaskClient, authenticator: Authenticator, **fields: str
) -> TestResponse:
    options = client.post("/sign-in/passkey/options").json
    credential = authenticator.get(options)
    return client.post("/sign-in/passkey", data={"credential": credential, **fields})

"""Sealing: the only module of tips that names an algorithm, and none of them is ours.

What is for somebody is sealed to their public key (HPKE, RFC 9180: X25519 with ML-KEM-768, so that
what is copied today stays closed to a quantum computer); what one keeps for oneself is locked with
a key of one's own, and what several read and write with one they share (ChaCha20-Poly1305). All are
bound to a context, the names of the place it is kept at: moved to another place, it does not open.
"""

import hashlib
import os
from functools import cached_property
from typing import Any, Final

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes, hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "tips/1"
X25519: Final = 1  # where the cryptography at hand has no ML-KEM
HYBRID: Final = 2
SHARED: Final = 3  # no pair of keys: whoever can open it can have written it, and nobody else
_KEMS = {X25519: hpke.KEM.X25519, HYBRID: hpke.KEM.MLKEM768_X25519}
_MLKEM_PUBLIC = 1184  # bytes, before the 32 of X25519, as in X-Wing
_NONCE = 12

# About a quarter of a second and 64 MiB for each guess, with a pepper that no backup has.
_PASSES, _LANES, _KIB = 3, 1, 64 * 1024


class DecryptionFailed(Exception):
    """Not sealed for this key, or not for this place, or damaged."""


class Key:
    """A pair of keys made from 32 secret bytes, the seed."""

    def __init__(self, seed: bytes | None = None, *, alg: int | None = None) -> None:
        self.seed = seed or os.urandom(32)
        self._alg = alg or best_algorithm()

    @classmethod
    def of(cls, seed: bytes, public: bytes) -> "Key":
        """The pair with this seed, of the algorithm `public` was made with."""
        return cls(seed, alg=public[0])

    @cached_property
    def public(self) -> bytes:
        """The algorithm as one byte, then the public key."""
        secret = self._secret
        if self._alg == X25519:
            return bytes([X25519]) + secret.public_key().public_bytes_raw()
        lattice, curve = _parts(self.seed)
        raw = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        return bytes([HYBRID]) + raw

    @cached_property
    def _secret(self) -> Any:
        if self._alg == X25519:
            return X25519PrivateKey.from_private_bytes(self.seed)
        return hpke.MLKEM768X25519PrivateKey(*_parts(self.seed))

    def open(self, sealed: bytes, *context: object) -> bytes:
        """What `seal` sealed for this key in this context. Raises BadSeal."""
        if not sealed or sealed[0] != self._alg:
            raise DecryptionFailed
        try:
            return _suite(self._alg).decrypt(sealed[1:], self._secret, info=_info(context))
        except (InvalidTag, ValueError) as error:
            raise DecryptionFailed from error

    def derive_private(self, purpose: str) -> bytes:
        """A secret of the holder alone, one for each purpose."""
        return derive(self.seed, purpose)

    def sign(self, data: bytes) -> bytes:
        return self._signer.sign(data)

    @property
    def verifier(self) -> bytes:
        """What others check signatures with."""
        return self._signer.public_key().public_bytes_raw()

    @cached_property
    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.derive_private("sign"))


def hpke_encrypt(public: bytes, data: bytes, *context: object) -> bytes:
    """`data` for whoever holds the key of `public`; the first byte names the algorithm."""
    alg, raw = public[0], public[1:]
    key: Any = X25519PublicKey.from_public_bytes(raw[-32:])
    if alg == HYBRID:
        lattice = MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC])
        key = hpke.MLKEM768X25519PublicKey(lattice, key)
    return bytes([alg]) + _suite(alg).encrypt(data, key, info=_info(context))


def encrypt(key: bytes, data: bytes, *context: object) -> bytes:
    """`data` for whoever has these 32 bytes."""
    nonce = os.urandom(_NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, data, _info(context))


def decrypt(key: bytes, locked: bytes, *context: object) -> bytes:
    """What `lock` locked. Raises BadSeal."""
    try:
        return ChaCha20Poly1305(key).decrypt(locked[:_NONCE], locked[_NONCE:], _info(context))
    except (InvalidTag, ValueError) as error:
        raise DecryptionFailed from error


def encrypt_shared(secret: bytes, data: bytes, *context: object) -> bytes:
    """`data` for all who have these 32 bytes; the first byte names the algorithm."""
    return bytes([SHARED]) + encrypt(derive(secret, "share"), data, *context)


def decrypt_shared(secret: bytes, sealed: bytes, *context: object) -> bytes:
    """What `share` made, or what was sealed to the pair of keys with this seed. Raises BadSeal."""
    if sealed[:1] == bytes([SHARED]):
        return decrypt(derive(secret, "share"), sealed[1:], *context)
    if not sealed:
        raise DecryptionFailed
    return Key.of(secret, sealed).open(sealed, *context)


def is_signed(data: bytes, signature: bytes, verifier: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(verifier).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def derive_from_passphrase(secret: str, *, salt: bytes, pepper: bytes) -> tuple[bytes, bytes]:
    """Slowly, what is kept to recognise `secret` by, and the key it locks with."""
    key = Argon2id(
        salt=salt, length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_KIB, secret=pepper
    ).derive(secret.encode())
    return hashlib.sha256(derive(key, "auth")).digest(), derive(key, "kek")


def derive(secret: bytes, purpose: str) -> bytes:
    """32 bytes that tell nothing of `secret` or of those for another purpose."""
    return HKDF(hashes.SHA256(), 32, None, f"{VERSION}|{purpose}".encode()).derive(secret)


def pad(data: bytes, *, least: int = 1024) -> bytes:
    """As long as many others: see `padded_size`."""
    return data + b"\x80" + bytes(padded_size(max(len(data) + 1, least)) - len(data) - 1)


def unpad(padded: bytes) -> bytes:
    data, mark, rest = padded.rpartition(b"\x80")
    if not mark or rest.strip(b"\x00"):
        raise DecryptionFailed
    return data


def padded_size(size: int) -> int:
    """Padmé (Nikitin et al., 2019): at most 12 % more, and few sizes there are."""
    if size < 2:
        return size
    exponent = size.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return (size + step - 1) // step * step


def best_algorithm() -> int:
    return HYBRID if hasattr(hpke, "MLKEM768X25519PrivateKey") else X25519


def _suite(alg: int) -> hpke.Suite:
    if alg not in _KEMS:
        raise DecryptionFailed
    return hpke.Suite(_KEMS[alg], hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


def _parts(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """A seed of X-Wing, taken apart as its draft says (draft-connolly-cfrg-xwing-kem, 5.2)."""
    raw = hashlib.shake_256(seed).digest(96)
    lattice = MLKEM768PrivateKey.from_seed_bytes(raw[:64])
    return lattice, X25519PrivateKey.from_private_bytes(raw[64:])


def _info(context: tuple[object, ...]) -> bytes:
    return "|".join([VERSION, *map(str, context)]).encode()

"""Cryptographic primitives: the only module of tips that names an algorithm. None is our own.

Data for one holder is encrypted to their public key (HPKE, RFC 9180: X25519 with ML-KEM-768, so
that a copy made today stays closed to a quantum computer). Data a holder stores for themselves is
encrypted with a key of their own, and data several people read and write with a shared one
(ChaCha20-Poly1305). Each ciphertext is bound to a context, the names of the place where it is
stored: moved to another place, it does not decrypt.
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
X25519: Final = 1  # if the installed `cryptography` has no ML-KEM
HYBRID: Final = 2
SHARED: Final = 3  # symmetric: everybody who can decrypt could have encrypted it, nobody else
_KEMS = {X25519: hpke.KEM.X25519, HYBRID: hpke.KEM.MLKEM768_X25519}
_MLKEM_PUBLIC = 1184  # bytes, before the 32 of X25519, as in X-Wing
_NONCE = 12
SIZE_STEP = 64 * 1024  # bytes; sizes on the network are multiples of this

# About 0.25 s and 64 MiB for each guess, with a pepper that no backup contains.
_PASSES, _LANES, _KIB = 3, 1, 64 * 1024


class DecryptionFailed(Exception):
    """Encrypted for another key or another context, or damaged."""


class Key:
    """A key pair derived from a seed of 32 secret bytes."""

    def __init__(self, seed: bytes | None = None, *, alg: int | None = None) -> None:
        self.seed = seed or os.urandom(32)
        self._alg = alg or best_algorithm()

    @classmethod
    def from_seed(cls, seed: bytes, public: bytes) -> "Key":
        """The key pair of this seed, with the algorithm of `public`."""
        return cls(seed, alg=public[0])

    @cached_property
    def public(self) -> bytes:
        """One byte for the algorithm, then the public key."""
        secret = self._secret
        if self._alg == X25519:
            return bytes([X25519]) + secret.public_key().public_bytes_raw()
        lattice, curve = _split_seed(self.seed)
        raw = lattice.public_key().public_bytes_raw() + curve.public_key().public_bytes_raw()
        return bytes([HYBRID]) + raw

    @cached_property
    def _secret(self) -> Any:
        if self._alg == X25519:
            return X25519PrivateKey.from_private_bytes(self.seed)
        return hpke.MLKEM768X25519PrivateKey(*_split_seed(self.seed))

    def open(self, sealed: bytes, *context: object) -> bytes:
        """Decrypt what `hpke_encrypt` encrypted for this key in this context. Raises
        DecryptionFailed.
        """
        if not sealed or sealed[0] != self._alg:
            raise DecryptionFailed
        try:
            return _suite(self._alg).decrypt(sealed[1:], self._secret, info=_info(context))
        except (InvalidTag, ValueError) as error:
            raise DecryptionFailed from error

    def derive_private(self, purpose: str) -> bytes:
        """A symmetric key only the holder can derive, one for each purpose."""
        return derive(self.seed, purpose)

    def sign(self, data: bytes) -> bytes:
        return self._signer.sign(data)

    @property
    def verifier(self) -> bytes:
        """The public key that verifies signatures."""
        return self._signer.public_key().public_bytes_raw()

    @cached_property
    def _signer(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.derive_private("sign"))


def hpke_encrypt(public: bytes, data: bytes, *context: object) -> bytes:
    """Encrypt `data` to the holder of the key pair `public`; the first byte names the algorithm."""
    alg, raw = public[0], public[1:]
    key: Any = X25519PublicKey.from_public_bytes(raw[-32:])
    if alg == HYBRID:
        lattice = MLKEM768PublicKey.from_public_bytes(raw[:_MLKEM_PUBLIC])
        key = hpke.MLKEM768X25519PublicKey(lattice, key)
    return bytes([alg]) + _suite(alg).encrypt(data, key, info=_info(context))


def encrypt(key: bytes, data: bytes, *context: object) -> bytes:
    """Encrypt `data` with a symmetric key of 32 bytes."""
    nonce = os.urandom(_NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, data, _info(context))


def decrypt(key: bytes, locked: bytes, *context: object) -> bytes:
    """Decrypt what `encrypt` encrypted. Raises DecryptionFailed."""
    try:
        return ChaCha20Poly1305(key).decrypt(locked[:_NONCE], locked[_NONCE:], _info(context))
    except (InvalidTag, ValueError) as error:
        raise DecryptionFailed from error


def encrypt_shared(secret: bytes, data: bytes, *context: object) -> bytes:
    """Encrypt `data` for everybody who has these 32 bytes; the first byte names the algorithm."""
    return bytes([SHARED]) + encrypt(derive(secret, "share"), data, *context)


def decrypt_shared(secret: bytes, sealed: bytes, *context: object) -> bytes:
    """Decrypt what `encrypt_shared` encrypted, or what was encrypted to the key pair with this
    seed.

    Raises DecryptionFailed.
    """
    if sealed[:1] == bytes([SHARED]):
        return decrypt(derive(secret, "share"), sealed[1:], *context)
    if not sealed:
        raise DecryptionFailed
    return Key.from_seed(secret, sealed).open(sealed, *context)


def is_signed(data: bytes, signature: bytes, verifier: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(verifier).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def derive_from_passphrase(secret: str, *, salt: bytes, pepper: bytes) -> tuple[bytes, bytes]:
    """Slow key derivation: a lookup tag that recognises `secret`, and a key encryption key."""
    key = Argon2id(
        salt=salt, length=32, iterations=_PASSES, lanes=_LANES, memory_cost=_KIB, secret=pepper
    ).derive(secret.encode())
    return hashlib.sha256(derive(key, "auth")).digest(), derive(key, "kek")


def derive(secret: bytes, purpose: str) -> bytes:
    """Derive 32 bytes that reveal nothing of `secret`, nor of keys for other purposes."""
    return HKDF(hashes.SHA256(), 32, None, f"{VERSION}|{purpose}".encode()).derive(secret)


def pad(data: bytes, *, least: int = 1024) -> bytes:
    """Pad `data` to a common length: see `padded_size`."""
    return data + b"\x80" + bytes(padded_size(max(len(data) + 1, least)) - len(data) - 1)


def unpad(padded: bytes) -> bytes:
    data, mark, rest = padded.rpartition(b"\x80")
    if not mark or rest.strip(b"\x00"):
        raise DecryptionFailed
    return data


def padded_size(size: int) -> int:
    """Padmé (Nikitin et al., 2019): at most 12 % longer, and few different sizes."""
    if size < 2:
        return size
    exponent = size.bit_length() - 1
    step = 1 << (exponent - exponent.bit_length())
    return (size + step - 1) // step * step


def common_size(size: int) -> int:
    """`size` bytes rounded up to the next size that is used on the network."""
    return -(-size // SIZE_STEP) * SIZE_STEP


def best_algorithm() -> int:
    return HYBRID if hasattr(hpke, "MLKEM768X25519PrivateKey") else X25519


def _suite(alg: int) -> hpke.Suite:
    if alg not in _KEMS:
        raise DecryptionFailed
    return hpke.Suite(_KEMS[alg], hpke.KDF.HKDF_SHA256, hpke.AEAD.CHACHA20_POLY1305)


def _split_seed(seed: bytes) -> tuple[MLKEM768PrivateKey, X25519PrivateKey]:
    """Expand a seed of X-Wing into its two keys (draft-connolly-cfrg-xwing-kem, 5.2)."""
    raw = hashlib.shake_256(seed).digest(96)
    lattice = MLKEM768PrivateKey.from_seed_bytes(raw[:64])
    return lattice, X25519PrivateKey.from_private_bytes(raw[64:])


def _info(context: tuple[object, ...]) -> bytes:
    return "|".join([VERSION, *map(str, context)]).encode()

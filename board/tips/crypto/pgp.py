"""OpenPGP encryption of emails to readers, and validity of their keys.

The library encrypts to expired and revoked keys, so validity is checked here. Its errors are
internal traces, and are shown to nobody.
"""

from dataclasses import dataclass
from datetime import datetime
from email import policy
from email.message import EmailMessage
from email.mime.application import MIMEApplication
from email.mime.multipart import MIMEMultipart
from typing import Any

from pysequoia import Cert, encrypt
from pysequoia.packet import Packet, PacketPile, SignatureType, Tag

from board.db import now

KEY_BYTES_MAX = 100 * 1024  # of a pasted key
_SECRET = (Tag.SecretKey, Tag.SecretSubkey)
_SUBKEYS = (Tag.PublicSubkey, Tag.SecretSubkey)


class BadKey(ValueError):
    """A key that emails cannot be encrypted to. `reason`: unreadable, several, secret, revoked,
    expired, or cannot encrypt.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An OpenPGP public key with its subkeys that are valid now."""

    raw: bytes
    fingerprint: str
    user_ids: tuple[str, ...]
    expires_at: datetime | None  # expiry of the last encryption subkey, or of the whole key

    @classmethod
    def read(cls, data: bytes) -> "PublicKey":
        """Parse the one key in `data`, armoured or not. Raises BadKey."""
        if len(data) > KEY_BYTES_MAX:
            raise BadKey("unreadable")
        certificate, packets = _parse(data)
        if certificate.is_revoked:
            raise BadKey("revoked")
        expiries = [
            certificate.expiration,
            _latest_expiry([expiry for _part, expiry in _encryption_subkeys(packets)]),
        ]
        expires_at = min((expiry for expiry in expiries if expiry), default=None)
        user_ids = tuple(str(user_id) for user_id in certificate.user_ids)
        raw = b"".join(bytes(packet) for packet in packets)
        key = cls(raw, certificate.fingerprint.upper(), user_ids, expires_at)
        key.encrypt(b"")  # a trial encryption
        return key

    @staticmethod
    def fingerprint_of(raw: bytes) -> str:
        """Fingerprint of a stored key, even if it has expired or been revoked since."""
        return Cert.from_bytes(raw).fingerprint.upper()

    @property
    def is_expired(self) -> bool:
        return self.expires_at is not None and self.expires_at <= now()

    def encrypt(self, data: bytes) -> bytes:
        """Armoured ciphertext for the owner. Raises BadKey if no subkey is valid any more."""
        if self.is_expired:
            raise BadKey("expired")
        valid = _without_expired_subkeys(list(PacketPile.from_bytes(self.raw)))
        try:
            return bytes(encrypt(data, recipients=[Cert.from_packets(valid)]))
        except Exception as error:
            raise BadKey("cannot encrypt") from error


def merge_update(raw: bytes, data: bytes) -> bytes | None:
    """The key `raw` merged with the owner's newer self-signatures in `data`: a later expiry, or a
    revocation.

    None if `data` is another key, or no key.
    """
    try:
        certificate, _packets = _parse(data)
        return bytes(Cert.from_bytes(raw).merge(certificate))
    except BadKey:
        return None
    except Exception:  # another key
        return None


def encrypted_message(key: PublicKey, text: str) -> MIMEMultipart:
    """An email in PGP/MIME format (RFC 3156), without its addresses. Raises BadKey."""
    inner = EmailMessage()
    inner.set_content(text)
    outer = MIMEMultipart("encrypted", protocol="application/pgp-encrypted")
    outer.attach(_mime_part(b"Version: 1\n", "pgp-encrypted"))
    encrypted = key.encrypt(inner.as_bytes(policy=policy.SMTP))
    armoured = _mime_part(encrypted, "octet-stream", name="encrypted.asc")
    armoured.add_header("Content-Disposition", "inline", filename="encrypted.asc")
    outer.attach(armoured)
    return outer


def _mime_part(data: bytes, subtype: str, **parameters: Any) -> MIMEApplication:
    part = MIMEApplication(data, subtype, lambda _: None, **parameters)  # 7 bit as it is
    del part["MIME-Version"]
    part["Content-Transfer-Encoding"] = "7bit"
    part.set_payload(data.decode("ascii"))
    return part


def _parse(data: bytes) -> tuple[Cert, list[Packet]]:
    try:
        packets = list(PacketPile.from_bytes(data))
        keys = sum(packet.tag == Tag.PublicKey for packet in packets)
        several = keys > 1 or data.count(b"-----BEGIN PGP") > 1
        if any(packet.tag in _SECRET for packet in packets):
            raise BadKey("secret")
        if several:
            raise BadKey("several")
        return Cert.from_packets(packets), packets
    except BadKey:
        raise
    except Exception as error:  # the library raises RuntimeError for everything
        raise BadKey("unreadable") from error


def _key_parts(packets: list[Packet]) -> list[list[Packet]]:
    """Split the packets: the primary key with its user ids, then each subkey with its own."""
    parts: list[list[Packet]] = [[]]
    for packet in packets:
        if packet.tag in _SUBKEYS:
            parts.append([])
        parts[-1].append(packet)
    return parts


def _encryption_subkeys(packets: list[Packet]) -> list[tuple[list[Packet], datetime | None]]:
    """Unrevoked subkeys that can encrypt, each with its expiry. Raises BadKey if there is none."""
    subkeys = []
    for part in _key_parts(packets)[1:]:
        binding = _newest_binding(part)
        if binding is not None and binding.key_flags and not _is_revoked(part):
            flags, created = binding.key_flags, part[0].key_created
            validity = binding.key_validity_period
            expiry = created + validity if created and validity else None
            if flags.transport_encryption or flags.storage_encryption:
                subkeys.append((part, expiry))
    if not subkeys:
        raise BadKey("cannot encrypt")
    return subkeys


def _without_expired_subkeys(packets: list[Packet]) -> list[Packet]:
    """The primary key with only those subkeys that can be encrypted to now."""
    valid = [
        part for part, expiry in _encryption_subkeys(packets) if expiry is None or expiry > now()
    ]
    return [packet for part in [_key_parts(packets)[0], *valid] for packet in part]


def _newest_binding(part: list[Packet]) -> Packet | None:
    """The newest binding signature of this subkey."""
    bindings = [packet for packet in part if packet.signature_type == SignatureType.SubkeyBinding]
    dated = [(packet.signature_created, packet) for packet in bindings if packet.signature_created]
    return max(dated, key=lambda pair: pair[0])[1] if dated else None


def _is_revoked(part: list[Packet]) -> bool:
    return any(packet.signature_type == SignatureType.SubkeyRevocation for packet in part)


def _latest_expiry(expiries: list[datetime | None]) -> datetime | None:
    return None if None in expiries else max(expiry for expiry in expiries if expiry)

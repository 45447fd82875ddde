"""OpenPGP for mail to readers: what a key is good for, and text that only its owner can read.

The library encrypts to keys that have expired or were withdrawn, so that is looked at here. Its
errors are traces of its own inside, and are shown to nobody.
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

BYTES_MAX = 100 * 1024  # of a key as it is pasted
_SECRET = (Tag.SecretKey, Tag.SecretSubkey)
_SUBKEYS = (Tag.PublicSubkey, Tag.SecretSubkey)


class BadKey(ValueError):
    """No key that mail can be encrypted to. `why`: unreadable, several, secret, revoked, expired,
    or cannot encrypt."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An OpenPGP key of somebody, with those of its parts that are good at this moment."""

    raw: bytes
    fingerprint: str
    names: tuple[str, ...]
    until: datetime | None  # when the last part that can encrypt expires, or the whole

    @classmethod
    def read(cls, data: bytes) -> "PublicKey":
        """The one key in `data`, armoured or not. Raises BadKey."""
        if len(data) > BYTES_MAX:
            raise BadKey("unreadable")
        certificate, packets = _parsed(data)
        if certificate.is_revoked:
            raise BadKey("revoked")
        ends = [certificate.expiration, _last([end for _part, end in _encrypting(packets)])]
        until = min((end for end in ends if end), default=None)
        names = tuple(str(user_id) for user_id in certificate.user_ids)
        raw = b"".join(bytes(packet) for packet in packets)
        key = cls(raw, certificate.fingerprint.upper(), names, until)
        key.encrypt(b"")  # tried, rather than believed
        return key

    @staticmethod
    def fingerprint_of(raw: bytes) -> str:
        """Of a key that was read before, whatever became of it."""
        return Cert.from_bytes(raw).fingerprint.upper()

    @property
    def is_expired(self) -> bool:
        return self.until is not None and self.until <= now()

    def encrypt(self, data: bytes) -> bytes:
        """Armoured, for this key's owner. Raises BadKey when no part of it is good any more."""
        if self.is_expired:
            raise BadKey("expired")
        good = _without_stale_parts(list(PacketPile.from_bytes(self.raw)))
        try:
            return bytes(encrypt(data, recipients=[Cert.from_packets(good)]))
        except Exception as error:
            raise BadKey("cannot encrypt") from error


def merged(raw: bytes, data: bytes) -> bytes | None:
    """The key `raw` with what its owner says of it in `data`: a later end, or that it is revoked.

    None when `data` is about another key, or no key.
    """
    try:
        certificate, _packets = _parsed(data)
        return bytes(Cert.from_bytes(raw).merge(certificate))
    except BadKey:
        return None
    except Exception:  # another key
        return None


def sealed_mail(key: PublicKey, text: str) -> MIMEMultipart:
    """A mail in the form of PGP/MIME (RFC 3156), without its addresses. Raises BadKey."""
    inside = EmailMessage()
    inside.set_content(text)
    outside = MIMEMultipart("encrypted", protocol="application/pgp-encrypted")
    outside.attach(_part(b"Version: 1\n", "pgp-encrypted"))
    encrypted = key.encrypt(inside.as_bytes(policy=policy.SMTP))
    armoured = _part(encrypted, "octet-stream", name="encrypted.asc")
    armoured.add_header("Content-Disposition", "inline", filename="encrypted.asc")
    outside.attach(armoured)
    return outside


def _part(data: bytes, subtype: str, **parameters: Any) -> MIMEApplication:
    part = MIMEApplication(data, subtype, lambda _: None, **parameters)  # 7 bit as it is
    del part["MIME-Version"]
    part["Content-Transfer-Encoding"] = "7bit"
    part.set_payload(data.decode("ascii"))
    return part


def _parsed(data: bytes) -> tuple[Cert, list[Packet]]:
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


def _parts(packets: list[Packet]) -> list[list[Packet]]:
    """The key itself with its names, then each further key with what is signed of it."""
    parts: list[list[Packet]] = [[]]
    for packet in packets:
        if packet.tag in _SUBKEYS:
            parts.append([])
        parts[-1].append(packet)
    return parts


def _encrypting(packets: list[Packet]) -> list[tuple[list[Packet], datetime | None]]:
    """Further keys that can encrypt and were not withdrawn, each with the moment it expires.

    Raises BadKey when there is none.
    """
    found = []
    for part in _parts(packets)[1:]:
        bound = _binding(part)
        if bound is not None and bound.key_flags and not _is_withdrawn(part):
            flags, made = bound.key_flags, part[0].key_created
            life = bound.key_validity_period
            end = made + life if made and life else None
            if flags.transport_encryption or flags.storage_encryption:
                found.append((part, end))
    if not found:
        raise BadKey("cannot encrypt")
    return found


def _without_stale_parts(packets: list[Packet]) -> list[Packet]:
    """Only further keys one may encrypt to now."""
    good = [part for part, end in _encrypting(packets) if end is None or end > now()]
    return [packet for part in [_parts(packets)[0], *good] for packet in part]


def _binding(part: list[Packet]) -> Packet | None:
    """The newest word of the owner about this further key."""
    bound = [p for p in part if p.signature_type == SignatureType.SubkeyBinding]
    dated = [(p.signature_created, p) for p in bound if p.signature_created]
    return max(dated, key=lambda pair: pair[0])[1] if dated else None


def _is_withdrawn(part: list[Packet]) -> bool:
    return any(packet.signature_type == SignatureType.SubkeyRevocation for packet in part)


def _last(ends: list[datetime | None]) -> datetime | None:
    return None if None in ends else max(end for end in ends if end)

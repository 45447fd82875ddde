"""Headers of email, also of what Outlook keeps of one."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from textwrap import wrap

from ..results import DETAIL_MAX, Finding, FindingKind, make_finding
from .decoding import decode_name

_HEADERS = {
    **dict.fromkeys(
        ("from", "reply-to", "sender", "return-path", "to", "cc", "bcc"), FindingKind.AUTHOR
    ),
    **dict.fromkeys(("received", "x-originating-ip", "x-sender-ip"), FindingKind.PLACE),
    **dict.fromkeys(("message-id", "delivered-to", "x-original-to"), FindingKind.IDENTIFIER),
    **dict.fromkeys(
        ("in-reply-to", "references", "thread-index", "content-id"), FindingKind.IDENTIFIER
    ),
    **dict.fromkeys(("x-mailer", "user-agent"), FindingKind.SOFTWARE),
    **dict.fromkeys(("snapshot-content-location", "content-location"), FindingKind.LINK),
    "date": FindingKind.TIME,
    "organization": FindingKind.ORGANISATION,
    **dict.fromkeys(("subject", "content-description"), FindingKind.TITLE),
}
# Headers that say only how the letter is packed.
_NOT_TOLD = re.compile(
    r"mime-version: *1\.0|content-length: *\d+|content-disposition: *(?:inline|attachment) *;?"
    r"|content-transfer-encoding: *(?:7bit|8bit|binary|base64|quoted-printable)"
    r"|content-type: *[\w.+-]+/[\w.+-]+(?:\s*;\s*charset=\"?[\w.:-]+\"?|\s*;\s*format=flowed"
    r"|\s*;\s*delsp=(?:yes|no))*\s*;?",
    re.I,
)


def parse(letter: bytes) -> Message:
    return message_from_bytes(letter, policy=policy.compat32)


def inspect_headers(part: Message) -> Iterator[Finding]:
    for name, value in part.raw_items():
        header = " ".join(f"{name}: {header_text(str(value))}".split())
        kind = _HEADERS.get(name.lower(), FindingKind.OTHER)
        if not _NOT_TOLD.fullmatch(header):
            pieces = [header] if kind is FindingKind.OTHER else wrap(header, DETAIL_MAX)
            yield from (make_finding(kind, piece, stays=True) for piece in pieces)


def header_text(value: str) -> str:
    """A header, decoded. Some programs write Korean as it is, in one of two encodings."""
    raw = value.encode("utf-8", "surrogateescape")
    try:
        words = decode_header(decode_name(raw))
    except ValueError:
        return decode_name(raw)
    return "".join(text if isinstance(text, str) else decoded(text, name) for text, name in words)


def decoded(raw: bytes, charset: str | None) -> str:
    """A piece of text; what names its encoding wrongly is read as Korean programs write."""
    try:
        return raw.decode(charset or "raw-unicode-escape")
    except (LookupError, ValueError):
        return decode_name(raw)

"""Email: one letter, a mailbox of many, or a page saved as one (MHTML)."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message

from ..results import Finding, FindingKind, WorkerLimits, make_finding
from ..text.decoding import decode
from . import traces

_HEADERS = {
    **dict.fromkeys(
        ("from", "reply-to", "sender", "return-path", "to", "cc", "bcc"), FindingKind.AUTHOR
    ),
    **dict.fromkeys(("received", "x-originating-ip", "x-sender-ip"), FindingKind.PLACE),
    **dict.fromkeys(("message-id", "delivered-to", "x-original-to"), FindingKind.IDENTIFIER),
    **dict.fromkeys(("in-reply-to", "references", "thread-index"), FindingKind.IDENTIFIER),
    **dict.fromkeys(("x-mailer", "user-agent"), FindingKind.SOFTWARE),
    **dict.fromkeys(("snapshot-content-location", "content-location"), FindingKind.LINK),
    "date": FindingKind.TIME,
    "organization": FindingKind.ORGANISATION,
    "subject": FindingKind.TITLE,
}
_NOT_TOLD = re.compile(r"mime-version|content-(?:type|transfer-encoding|disposition|length)")
_NEXT = re.compile(rb"^From \S+.*\d\d:\d\d.*\r?\n", re.M)  # between letters of a mailbox
_LETTERS_MAX = 50


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        data = decode(data).encode()
    for letter in [part for part in _NEXT.split(data) if part.strip()][:_LETTERS_MAX]:
        yield from _letter(message_from_bytes(letter.lstrip(), policy=policy.compat32), limits)


def _letter(letter: Message, limits: WorkerLimits) -> Iterator[Finding]:
    for name, value in letter.items():
        kind = _HEADERS.get(name.lower(), FindingKind.OTHER)
        if not _NOT_TOLD.fullmatch(name.lower()):
            yield make_finding(kind, f"{name}: {_header_text(str(value))}", stays=True)
    for part in letter.walk():
        if location := part.get("Content-Location"):
            yield make_finding(FindingKind.LINK, location, stays=True)
        if part.get_filename():
            yield make_finding(FindingKind.ATTACHMENT, part.get_filename(), stays=True)
        yield from _body(part, limits)


def _header_text(value: str) -> str:
    try:
        return str(make_header(decode_header(value)))
    except (LookupError, ValueError):
        return value


def _body(part: Message, limits: WorkerLimits) -> Iterator[Finding]:
    payload = part.get_payload(decode=True)
    if part.get_content_maintype() != "text" or not isinstance(payload, bytes):
        return
    try:
        text = payload.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        text = payload.decode("cp949", "replace")
    yield from traces.inspect_text(text, limits)

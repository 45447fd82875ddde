"""Email: one letter, a mailbox of many, or a page saved as one (MHTML)."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import Message

from ..documents import embedded
from ..results import Finding, FindingKind, WorkerLimits, make_finding
from ..text.decoding import decode
from . import traces

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
_NOT_TOLD = re.compile(r"mime-version|content-(?:type|transfer-encoding|disposition|length)")
_NEXT = re.compile(rb"^From \S+.*\d\d:\d\d.*\r?\n", re.M)  # between letters of a mailbox
_LETTERS_MAX = 50


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        data = decode(data).encode()
    for letter in [part for part in _NEXT.split(data) if part.strip()][:_LETTERS_MAX]:
        yield from _letter(message_from_bytes(letter.lstrip(), policy=policy.compat32), limits)


def _letter(letter: Message, limits: WorkerLimits) -> Iterator[Finding]:
    """A letter with its parts; some of them may be letters, with headers of their own."""
    for part in letter.walk():
        for name, value in part.raw_items():
            if not _NOT_TOLD.fullmatch(name.lower()):
                kind = _HEADERS.get(name.lower(), FindingKind.OTHER)
                yield make_finding(kind, f"{name}: {_header_text(str(value))}", stays=True)
        if file_name := part.get_filename():
            yield make_finding(FindingKind.ATTACHMENT, _header_text(file_name), stays=True)
        for text in filter(None, (part.preamble, part.epilogue)):  # programs show neither
            yield make_finding(FindingKind.HIDDEN, text, stays=True)
        yield from _body(part, limits)


def _header_text(value: str) -> str:
    """A header, decoded. Some programs write Korean as it is, in one of two encodings."""
    try:
        raw = value.encode("ascii", "surrogateescape")
        value = str(make_header(decode_header(_plain(raw))))
    except (LookupError, ValueError):
        pass
    return value


def _body(part: Message, limits: WorkerLimits) -> Iterator[Finding]:
    payload = part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return
    if part.get_content_maintype() != "text":
        yield from (
            make_finding(found.kind, found.detail, stays=True)
            for found in embedded.inspect_left_out(payload, limits)
        )
        return
    try:
        text = payload.decode(part.get_content_charset() or "utf-8")
    except (LookupError, UnicodeDecodeError):
        text = _plain(payload)
    yield from traces.inspect_text(text, limits)


def _plain(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("cp949", "replace")

"""Plain text, emails and RTF."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy

from ..results import Finding, FindingKind, WorkerLimits, make_finding
from . import pii

_SAMPLE = 64 * 1024  # bytes used to detect text
_EMAIL = re.compile(rb"(?:[A-Z][A-Za-z0-9-]*: ?.*\r?\n(?:[ \t].*\r?\n)*){3,}", re.M)
_EMAIL_HEADERS = (b"\nReceived:", b"\nMessage-ID:", b"\nMessage-Id:", b"\nMIME-Version:")
_HEADERS = {
    **dict.fromkeys(("From", "Reply-To", "Sender", "Return-Path", "To", "Cc"), FindingKind.AUTHOR),
    **dict.fromkeys(("Received", "X-Originating-IP", "X-Sender-IP"), FindingKind.PLACE),
    **dict.fromkeys(("Message-ID", "Delivered-To", "X-Original-To"), FindingKind.IDENTIFIER),
    **dict.fromkeys(("X-Mailer", "User-Agent"), FindingKind.SOFTWARE),
    "Date": FindingKind.TIME,
    "Organization": FindingKind.ORGANISATION,
}
_RTF = re.compile(rb"\{\\(author|operator|manager|company|generator|title) ([^{}]*)\}")
_RTF_KINDS = {
    b"company": FindingKind.ORGANISATION,
    b"generator": FindingKind.SOFTWARE,
    b"title": FindingKind.TITLE,
}
# The first lines of a conversation saved by KakaoTalk: with whom, and when.
_CHAT = re.compile(
    r"\A\W*(?:KakaoTalk Chats with )?(.{1,60}?) ?(?:님과|님과의)? ?(?:카카오톡 ?대화.*)?"
    r"\n(?:저장한 날짜|Date Saved) ?: ?(.+)"
)
_ENCODINGS = ("utf-8-sig", "cp949")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")


def format_name(data: bytes) -> str | None:
    """text or email, or None if it is neither."""
    head = data[:_SAMPLE]
    if data and _EMAIL.match(head) and any(name in b"\n" + head for name in _EMAIL_HEADERS):
        return "email"
    try:
        text = _decode(data)
    except UnicodeDecodeError:
        return None
    return None if not text.strip() or _CONTROLS.search(text[:_SAMPLE]) else "text"


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    del limits
    if data.startswith(b"{\\rtf"):
        for match in _RTF.finditer(data):
            if (value := _rtf_text(match[2])).strip(" ?"):  # not just a placeholder
                yield make_finding(_RTF_KINDS.get(match[1], FindingKind.AUTHOR), value)
        return
    if format_name(data) == "email":
        yield from _inspect_email(data)
        return
    text = _decode(data)
    if chat := _CHAT.match(text):
        yield make_finding(FindingKind.AUTHOR, chat[1], stays=True)
        yield make_finding(FindingKind.TIME, chat[2], stays=True)
    yield from pii.find_pii(text)


def _rtf_text(value: bytes) -> str:
    """The decoded text: \\u51228 is Unicode, \\'c1\\'a6 is in the encoding of Korean Windows."""
    packed = re.sub(rb"\\'([0-9a-fA-F]{2})", lambda m: bytes.fromhex(m[1].decode()), value)
    text = packed.decode("cp949", "replace")
    return re.sub(r"\\u(-?\d{1,5}) ?\??", lambda m: chr(int(m[1]) % 0x10000), text)


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """UTF-8 without a byte order mark, with line feeds, and without invisible characters."""
    del limits
    text = _decode(data).replace("\r\n", "\n").replace("\r", "\n")
    return pii.visible(text).encode()


def _decode(data: bytes) -> str:
    """Raises UnicodeDecodeError if this is not text in an encoding used in Korea."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16")
    for encoding in _ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            refusal = error
    raise refusal


def _inspect_email(data: bytes) -> Iterator[Finding]:
    email = message_from_bytes(data, policy=policy.compat32)
    for name, value in email.items():
        if name in _HEADERS:
            yield make_finding(_HEADERS[name], f"{name}: {value}")
    for part in email.walk():
        if part.get_filename():
            yield make_finding(FindingKind.ATTACHMENT, part.get_filename())

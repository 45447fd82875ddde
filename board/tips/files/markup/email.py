"""Email: one letter, a mailbox of many, or a page saved as one (MHTML)."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header
from email.message import Message
from textwrap import wrap

from ..documents import embedded
from ..results import DETAIL_MAX, Finding, FindingKind, WorkerLimits, make_finding
from ..text.decoding import decode, decode_name
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
# Headers that say only how the letter is packed.
_NOT_TOLD = re.compile(
    r"mime-version: *1\.0|content-length: *\d+|content-disposition: *(?:inline|attachment) *;?"
    r"|content-transfer-encoding: *(?:7bit|8bit|binary|base64|quoted-printable)"
    r"|content-type: *[\w.+-]+/[\w.+-]+(?:\s*;\s*charset=\"?[\w.:-]+\"?|\s*;\s*format=flowed"
    r"|\s*;\s*delsp=(?:yes|no))*\s*;?",
    re.I,
)
_NEXT = re.compile(rb"^(From \S+.*\d\d:\d\d.*)\r?\n", re.M)  # before letters of a mailbox
_UU = re.compile(r"^begin \d{3} (.+)$", re.M)  # a file within the text
_LETTERS_MAX = 50


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    if data.startswith((b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")):
        data = decode(data).encode()
    first, *rest = _NEXT.split(data.lstrip())
    letters = [(b"", first), *zip(rest[::2], rest[1::2], strict=True)]
    for line, letter in letters[: _LETTERS_MAX + 1]:
        if line:
            yield make_finding(FindingKind.AUTHOR, decode_name(line), stays=True)
        if letter.strip():
            yield from _letter(_parsed(letter.lstrip()), limits)


def inspect_headers(text: str) -> Iterator[Finding]:
    """The headers alone, which Outlook keeps apart."""
    yield from _headers(_parsed(text.encode()))


def _parsed(letter: bytes) -> Message:
    return message_from_bytes(letter, policy=policy.compat32)


def _letter(letter: Message, limits: WorkerLimits) -> Iterator[Finding]:
    """A letter with its parts; some of them may be letters, with headers of their own."""
    for part in letter.walk():
        yield from _headers(part)
        if file_name := _file_name(part):
            yield make_finding(FindingKind.ATTACHMENT, file_name, stays=True)
        for text in filter(None, (part.preamble, part.epilogue)):  # programs show neither
            yield make_finding(FindingKind.HIDDEN, text, stays=True)
        yield from _body(part, limits)


def _headers(part: Message) -> Iterator[Finding]:
    for name, value in part.raw_items():
        header = " ".join(f"{name}: {_header_text(str(value))}".split())
        kind = _HEADERS.get(name.lower(), FindingKind.OTHER)
        if not _NOT_TOLD.fullmatch(header):
            pieces = [header] if kind is FindingKind.OTHER else wrap(header, DETAIL_MAX)
            yield from (make_finding(kind, piece, stays=True) for piece in pieces)


def _file_name(part: Message) -> str:
    """Empty if its encoding is not named: the whole header is told as well."""
    name = part.get_param("filename", "", "content-disposition") or part.get_param("name", "")
    if isinstance(name, tuple):  # [RFC 2231]
        return _decoded(name[2].encode("latin-1", "replace"), name[0])
    return "" if "\ufffd" in name else _header_text(name)


def _header_text(value: str) -> str:
    """A header, decoded. Some programs write Korean as it is, in one of two encodings."""
    raw = value.encode("utf-8", "surrogateescape")
    try:
        words = decode_header(decode_name(raw))
    except ValueError:
        return decode_name(raw)
    return "".join(text if isinstance(text, str) else _decoded(text, name) for text, name in words)


def _decoded(raw: bytes, charset: str | None) -> str:
    """A piece of text; what names its encoding wrongly is read as Korean programs write."""
    try:
        return raw.decode(charset or "raw-unicode-escape")
    except (LookupError, ValueError):
        return decode_name(raw)


def _body(part: Message, limits: WorkerLimits) -> Iterator[Finding]:
    payload = _packed_letter(part) or part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return
    kind = part.get_content_type()
    if part.is_multipart() or kind == "text/rfc822-headers":
        yield from _letter(_parsed(payload.lstrip()), limits.nested())
    elif part.get_content_maintype() == "text" or payload.lstrip().startswith(b"<"):
        text = _decoded(payload, part.get_content_charset("utf-8"))
        yield from (
            make_finding(FindingKind.ATTACHMENT, name, stays=True) for name in _UU.findall(text)
        )
        yield from traces.inspect_text(text, limits)
    else:
        yield from (
            make_finding(found.kind, found.detail, stays=True)
            for found in embedded.inspect_left_out(payload, limits)
        )


def _packed_letter(part: Message) -> bytes:
    """A letter in a letter that was packed like a file; it has no headers before it is unpacked."""
    packing = part.get("content-transfer-encoding", "").strip().lower()
    if not part.is_multipart() or packing not in ("base64", "quoted-printable"):
        return b""
    packed = Message()
    packed["Content-Transfer-Encoding"] = packing
    packed.set_payload("".join(str(inner) for inner in part.get_payload()))
    return bytes(packed.get_payload(decode=True))

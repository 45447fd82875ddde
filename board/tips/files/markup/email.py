"""Email: one letter, a mailbox of many, or a page saved as one (MHTML)."""

import re
from collections.abc import Iterator
from email.message import Message

from ..documents import embedded
from ..results import Finding, FindingKind, WorkerLimits, make_finding
from ..text.decoding import decode, decode_name
from ..text.mail_headers import decoded, header_text, inspect_headers, parse
from . import traces

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
            yield from _letter(parse(letter.lstrip()), limits)


def _letter(letter: Message, limits: WorkerLimits) -> Iterator[Finding]:
    """A letter with its parts; some of them may be letters, with headers of their own."""
    for part in letter.walk():
        yield from inspect_headers(part)
        if file_name := _file_name(part):
            yield make_finding(FindingKind.ATTACHMENT, file_name, stays=True)
        for text in filter(None, (part.preamble, part.epilogue)):  # programs show neither
            yield make_finding(FindingKind.HIDDEN, text, stays=True)
        yield from _body(part, limits)


def _file_name(part: Message) -> str:
    """Empty if its encoding is not named: the whole header is told as well."""
    name = part.get_param("filename", "", "content-disposition") or part.get_param("name", "")
    if isinstance(name, tuple):  # [RFC 2231]
        return decoded(name[2].encode("latin-1", "replace"), name[0])
    return "" if "\ufffd" in name else header_text(name)


def _body(part: Message, limits: WorkerLimits) -> Iterator[Finding]:
    payload = _packed_letter(part) or part.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return
    kind = part.get_content_type()
    if part.is_multipart() or kind == "text/rfc822-headers":
        yield from _letter(parse(payload.lstrip()), limits.nested())
    elif part.get_content_maintype() == "text" or payload.lstrip().startswith(b"<"):
        text = decoded(payload, part.get_content_charset("utf-8"))
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

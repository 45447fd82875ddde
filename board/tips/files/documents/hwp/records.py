"""Records of HWP 5: what DocInfo and the sections of BodyText reveal."""

import re
import struct
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ...results import Finding, FindingKind, make_finding
from .. import embedded
from ..allow_list.fonts import is_usual

_LONG = 0xFFF  # as the size of a record: the real size follows
# Types of records; HWPTAG_BEGIN is 16.
_BIN_DATA, _FACE_NAME, _STYLE, _CHANGE_AUTHOR = 16 + 2, 16 + 3, 16 + 10, 16 + 81
_TEXT, _LIST_HEADER, _CONTROL, _MEMO = 16 + 51, 16 + 56, 16 + 55, 16 + 77
_WITH_STRINGS = {16 + 11, 16 + 71, _LIST_HEADER}  # of the document, of controls, of cells
_FORM = 16 + 75
_LINKED = 0  # in the lowest four bits of a BIN_DATA: the picture is linked by its path
_COMMENT_CONTROLS = (b"tcmt", b"%%me")  # hidden comments and memos
_SHAPES = (b"gso ", b"tbl ", b"eqed", b"form")
_DESCRIPTION_AT, _COMMAND_AT = 44, 9  # offsets of texts in shapes and fields
_FIELD_KINDS = {
    **dict.fromkeys((b"%hlk", b"%pat", b"%xrf", b"%mmg"), FindingKind.LINK),
    **dict.fromkeys((b"%usr", b"%smr"), FindingKind.AUTHOR),
    **dict.fromkeys(_COMMENT_CONTROLS, FindingKind.COMMENTS),
}
_STRING = 1  # type of a value, followed by its length
_STRING_MAX = 1000
_USUAL_STYLE = re.compile(
    r"(바탕글|본문|개요|쪽 ?번호|머리말|꼬리말|각주|미주|메모|차례 제목|차례|캡션|스타일"
    r"|Normal|Body|Outline|Page Number|Header|Footer|Footnote|Endnote|Memo|TOC Heading|TOC"
    r"|Caption)? ?\d*"
)
_NAME = re.compile(r"[^\x00-\x1f\ud800-\udfff\ufffd]{2,}")


class Record(NamedTuple):
    type: int
    level: int
    body: bytes


def records(data: bytes) -> Iterator[Record]:
    """The records of a stream; a truncated one is yielded as far as it goes."""
    at = 0
    while at + 4 <= len(data):
        (head,) = struct.unpack_from("<I", data, at)
        size, at = head >> 20, at + 4
        if size == _LONG and at + 4 <= len(data):
            (size,) = struct.unpack_from("<I", data, at)
            at += 4
        yield Record(head & 0x3FF, head >> 10 & 0x3FF, data[at : at + size])
        at += size


def inspect_info(found: Iterable[Record]) -> Iterator[Finding]:
    """DocInfo: paths of linked pictures, authors of tracked changes, names of styles and fonts."""
    for kind, _, body in found:
        if kind == _BIN_DATA and len(body) > 4 and body[0] & 0xF == _LINKED:
            yield from _told(FindingKind.LINK, _prefixed_text(body, 2))
            yield from _told(FindingKind.LINK, _prefixed_text(body, 4 + len(_counted(body, 2))))
        elif kind == _CHANGE_AUTHOR and (run := _NAME.search(text_in(body))):
            yield make_finding(FindingKind.AUTHOR, run[0])
        elif kind == _FACE_NAME and not is_usual(face := _prefixed_text(body, 1)):
            yield from _told(FindingKind.OTHER, face)
        elif kind == _STYLE:
            yield from _style(body)
        elif kind in _WITH_STRINGS:
            yield from _strings(body)


def inspect_section(found: Iterable[Record]) -> Iterator[Finding]:
    """A section: its text, and what a reader does not see of fields, shapes and comments."""
    lines: list[str] = []
    hidden_below = None  # level of a comment, whose text has deeper levels
    for kind, level, body in found:
        if hidden_below is not None and level <= hidden_below:
            hidden_below = None
        if kind == _MEMO or (kind == _CONTROL and body[3::-1] in _COMMENT_CONTROLS):
            hidden_below = level if hidden_below is None else hidden_below
            yield Finding(FindingKind.COMMENTS)
        if kind == _TEXT and hidden_below is not None:
            yield from _told(FindingKind.COMMENTS, _paragraph_text(body))
        elif kind == _TEXT:
            lines.append(_paragraph_text(body))
        else:
            yield from _unseen(kind, body)
    yield from embedded.inspect_text("\n".join(lines))


def _unseen(kind: int, body: bytes) -> Iterator[Finding]:
    """Commands of fields, descriptions of shapes, names of fields, cells and controls."""
    control = body[3::-1]
    if kind == _CONTROL and control.startswith(b"%"):
        field = _FIELD_KINDS.get(control, FindingKind.HIDDEN)
        yield from _told(field, _prefixed_text(body, _COMMAND_AT))
    elif kind == _CONTROL and control in _SHAPES:
        yield from _told(FindingKind.TITLE, _prefixed_text(body, _DESCRIPTION_AT))
    elif kind == _FORM:
        yield from (make_finding(FindingKind.HIDDEN, run) for run in _NAME.findall(text_in(body)))
    elif kind in _WITH_STRINGS:
        yield from _strings(body)


def _style(body: bytes) -> Iterator[Finding]:
    name = _counted(body, 0)
    for text in (text_in(name), _prefixed_text(body, 2 + len(name))):
        if not _USUAL_STYLE.fullmatch(text):
            yield from _told(FindingKind.TITLE, text)


def _strings(body: bytes) -> Iterator[Finding]:
    """Texts among values of other types: each has its type and its length before it."""
    units = _units(body)
    for at in range(len(units) - 2):
        size = units[at + 1]
        if units[at] == _STRING and 1 < size <= min(_STRING_MAX, len(units) - at - 2):
            text = text_in(body[2 * at + 4 : 2 * (at + size) + 4])
            if text.isprintable():
                yield from _told(FindingKind.TITLE, text)


def _told(kind: FindingKind, text: str) -> Iterator[Finding]:
    """A finding, unless there is nothing in the text to read."""
    if any(c.isalnum() for c in text):
        yield make_finding(kind, text)


def _paragraph_text(body: bytes) -> str:
    """The text of a paragraph without control characters, most of which are eight units wide."""
    units = _units(body)
    text, at = bytearray(), 0
    while at < len(units):
        unit = units[at]
        at += 1 if unit > 31 or unit in (0, 10, 13, *range(24, 32)) else 8
        text += struct.pack("<H", unit if unit > 31 else 32)
    return text.decode("utf-16-le", "replace")


def _units(body: bytes) -> tuple[int, ...]:
    """The 16-bit units of a body, which texts and lists of values are made of."""
    return struct.unpack(f"<{len(body) // 2}H", body[: len(body) // 2 * 2])


def _prefixed_text(body: bytes, at: int) -> str:
    """A text preceded by its length."""
    return text_in(_counted(body, at))


def _counted(body: bytes, at: int) -> bytes:
    size = int.from_bytes(body[at : at + 2], "little")
    return body[at + 2 : at + 2 + 2 * size]


def text_in(data: bytes) -> str:
    return data.decode("utf-16-le", "replace")

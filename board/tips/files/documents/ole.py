"""HWP 5 and old Office documents: OLE compound files. Inspected, never written.

HWP: Hancom's "한글 문서 파일 형식 5.0". The summary has the properties of [MS-OLEPS].
"""

import re
import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import olefile

from ..results import Finding, FindingKind, WorkerLimits, make_finding
from ..text.decoding import decode_name
from ..text.mail_headers import inspect_headers, parse
from . import hwp

_HWP_SUMMARY = "\x05HwpSummaryInformation"
_SUMMARY = {
    **dict.fromkeys((4, 8), FindingKind.AUTHOR),
    **dict.fromkeys((2, 3, 5), FindingKind.TITLE),
    6: FindingKind.COMMENTS,
    7: FindingKind.SOFTWARE,
    **dict.fromkeys((11, 12, 13, 20), FindingKind.TIME),
    18: FindingKind.SOFTWARE,
}
_OF_HWP = {**_SUMMARY, 9: FindingKind.SOFTWARE}  # the version of the program that saved last
_OF_OFFICE = {**_SUMMARY, 9: FindingKind.REVISIONS}
_DOCUMENT_SUMMARY = {14: FindingKind.AUTHOR, 15: FindingKind.ORGANISATION}
_SECTION_AT = 44  # offset of the position of the first property set
_UTF16, _BYTES, _FILETIME = 31, 30, 64
_PROPERTIES_MAX = 256
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
# Properties of Outlook messages, their recipients and attachments ([MS-OXPROPS]).
_HEADERS = "007D"  # of the transport
_OF_MESSAGE = {
    # Senders, and who they sent for; recipients; who made and changed it; to whom it was delivered.
    **dict.fromkeys(("0C1A", "0C1F", "5D01", "0042", "0065", "5D02"), FindingKind.AUTHOR),
    **dict.fromkeys(("0E02", "0E03", "0E04", "3001", "3003", "39FE"), FindingKind.AUTHOR),
    **dict.fromkeys(("3FF8", "3FFA", "0040", "0076", "0044", "0078"), FindingKind.AUTHOR),
    _HEADERS: FindingKind.OTHER,
    **dict.fromkeys(("0037", "0070"), FindingKind.TITLE),
    **dict.fromkeys(("1035", "1042", "300B"), FindingKind.IDENTIFIER),
    **dict.fromkeys(("3704", "3707"), FindingKind.ATTACHMENT),
}
_PROPERTY = re.compile(r"__substg1\.0_([0-9A-F]{4})(001[EF])")
_MACROS = (["Macros"], ["_VBA_PROJECT_CUR"], ["VBA"])


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    with olefile.OleFileIO(BytesIO(data)) as ole:
        yield from _properties(ole, _HWP_SUMMARY, _OF_HWP)
        yield from _properties(ole, "\x05SummaryInformation", _OF_OFFICE)
        yield from _properties(ole, "\x05DocumentSummaryInformation", _DOCUMENT_SUMMARY)
        for storage in _MACROS:
            if ole.exists(storage):
                yield make_finding(FindingKind.MACROS, storage[0])
        if ole.exists("FileHeader"):
            yield from hwp.inspect(ole, limits)
        yield from _outlook_message(ole)


def _properties(ole: Any, stream: str, kinds: dict[int, FindingKind]) -> Iterator[Finding]:
    if ole.exists(stream):
        for number, value in _property_values(ole.openstream(stream).read()):
            finding = make_finding(kinds[number], value) if number in kinds else None
            if finding and finding.detail.strip("0"):  # empty, or a revision count of zero
                yield finding


def _property_values(stream: bytes) -> Iterator[tuple[int, str]]:
    """Texts and times of the first property set, by number.

    olefile reads the length of UTF-16 texts from the wrong place, and HWP has no others.
    """
    (start,) = struct.unpack_from("<I", stream, _SECTION_AT)
    (count,) = struct.unpack_from("<I", stream, start + 4)
    for n in range(min(count, _PROPERTIES_MAX)):
        number, offset = struct.unpack_from("<II", stream, start + 8 + 8 * n)
        kind, size = struct.unpack_from("<II", stream, start + offset)
        body = stream[start + offset + 8 :]
        if kind == _UTF16:
            yield number, body[: 2 * size].decode("utf-16-le", "replace").strip("\0 ")
        elif kind == _BYTES:
            yield number, decode_name(body[:size]).strip("\0 ")
        elif kind == _FILETIME:
            (ticks,) = struct.unpack_from("<Q", stream, start + offset + 4)
            yield number, _timestamp(ticks)


def _timestamp(ticks: int) -> str:
    """Windows FILETIME (`ticks` of 100 ns since 1601) as text; empty for zero."""
    try:
        return str(_EPOCH + timedelta(seconds=ticks // 10_000_000)) if ticks else ""
    except OverflowError:
        return ""


def _outlook_message(ole: Any) -> Iterator[Finding]:
    """An Outlook message: people, transport headers, numbers, files ([MS-OXMSG]). Older ones have
    their texts in the encoding of the computer.
    """
    for name in ole.listdir():
        match = _PROPERTY.fullmatch(name[-1])
        if match and match[1] in _OF_MESSAGE:
            raw = ole.openstream(name).read()
            text = raw.decode("utf-16-le", "replace") if match[2] == "001F" else decode_name(raw)
            if match[1] == _HEADERS:
                yield from inspect_headers(parse(text.strip("\0 ").encode()))
            elif text := text.strip("\0 "):
                yield make_finding(_OF_MESSAGE[match[1]], text)

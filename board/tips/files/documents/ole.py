"""HWP 5 and old Office documents: OLE compound files. Inspected, never written.

HWP: Hancom's "한글 문서 파일 형식 5.0". The summary has the properties of [MS-OLEPS].
"""

import struct
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import olefile

from ..results import Finding, FindingKind, WorkerLimits, make_finding
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
            yield number, _text(body[:size]).strip("\0 ")
        elif kind == _FILETIME:
            (ticks,) = struct.unpack_from("<Q", stream, start + offset + 4)
            yield number, _timestamp(ticks)


def _timestamp(ticks: int) -> str:
    """Windows FILETIME (`ticks` of 100 ns since 1601) as text; empty for zero."""
    try:
        return str(_EPOCH + timedelta(seconds=ticks // 10_000_000)) if ticks else ""
    except OverflowError:
        return ""


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp949", "replace")


def _outlook_message(ole: Any) -> Iterator[Finding]:
    """An Outlook message: sender, recipients and transport headers ([MS-OXMSG])."""
    for name, kind in (
        ("0C1A", FindingKind.AUTHOR),
        ("0E04", FindingKind.AUTHOR),
        ("007D", FindingKind.OTHER),
    ):
        stream = f"__substg1.0_{name}001F"
        if ole.exists(stream):
            yield make_finding(kind, ole.openstream(stream).read().decode("utf-16-le", "replace"))

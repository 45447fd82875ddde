"""HWP 5 and the old Office: files in the compound format of OLE. Read and told, never written.

HWP: "한글 문서 파일 형식 5.0" of Hancom. The summary has the properties of [MS-OLEPS].
"""

import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any, NoReturn

import olefile

from . import inside
from .formats import format_of, look_inside
from .report import Finding, Kind, Limits, NotCleanable, Reason, found

_HWP_SUMMARY = "\x05HwpSummaryInformation"
_SUMMARY = {
    **dict.fromkeys((4, 8), Kind.AUTHOR),
    **dict.fromkeys((2, 3, 5), Kind.TITLE),
    6: Kind.COMMENTS,
    7: Kind.SOFTWARE,
    9: Kind.SOFTWARE,  # in HWP the version of the program that saved last
    **dict.fromkeys((11, 12, 13, 20), Kind.TIME),
    18: Kind.SOFTWARE,
}
_DOCUMENT_SUMMARY = {14: Kind.AUTHOR, 15: Kind.ORGANISATION}
_SECTION_AT = 44  # byte of the stream that says where the first set is
_UTF16, _BYTES, _MOMENT = 31, 30, 64
_FACTS_MAX = 256
_EPOCH = datetime(1601, 1, 1, tzinfo=UTC)
_COMPRESSED, _PASSWORD, _DISTRIBUTION, _SCRIPT, _DRM = 0x1, 0x2, 0x4, 0x8, 0x10
_HISTORY, _TRACKED = 0x40, 0x4000
_MACROS = (["Macros"], ["_VBA_PROJECT_CUR"], ["VBA"])
_NO_SCRIPT = 256  # bytes; Hangul writes an empty script of about half of that into every file


def look(data: bytes, limits: Limits) -> Iterator[Finding]:
    with olefile.OleFileIO(BytesIO(data)) as ole:
        for stream in (_HWP_SUMMARY, "\x05SummaryInformation"):
            yield from _properties(ole, stream, _SUMMARY)
        yield from _properties(ole, "\x05DocumentSummaryInformation", _DOCUMENT_SUMMARY)
        for storage in _MACROS:
            if ole.exists(storage):
                yield found(Kind.MACROS, storage[0])
        if ole.exists("FileHeader"):
            yield from _hwp(ole, limits)
        yield from _sent(ole)


def clean(data: bytes, limits: Limits) -> NoReturn:
    raise NotCleanable(Reason.FORMAT)


def _properties(ole: Any, stream: str, kinds: dict[int, Kind]) -> Iterator[Finding]:
    if ole.exists(stream):
        for number, value in _facts(ole.openstream(stream).read()):
            if number in kinds and value:
                yield found(kinds[number], value)


def _facts(stream: bytes) -> Iterator[tuple[int, str]]:
    """Texts and moments of the first set of properties, by number.

    olefile takes the length of UTF-16 texts from the wrong place, and HWP has no others.
    """
    (start,) = struct.unpack_from("<I", stream, _SECTION_AT)
    (count,) = struct.unpack_from("<I", stream, start + 4)
    for n in range(min(count, _FACTS_MAX)):
        number, offset = struct.unpack_from("<II", stream, start + 8 + 8 * n)
        kind, size = struct.unpack_from("<II", stream, start + offset)
        body = stream[start + offset + 8 :]
        if kind == _UTF16:
            yield number, body[: 2 * size].decode("utf-16-le", "replace").strip("\0 ")
        elif kind == _BYTES:
            yield number, _text(body[:size]).strip("\0 ")
        elif kind == _MOMENT:
            (ticks,) = struct.unpack_from("<Q", stream, start + offset + 4)
            yield number, _moment(ticks)


def _moment(ticks: int) -> str:
    """`ticks` of 100 ns since 1601; empty for never."""
    try:
        return str(_EPOCH + timedelta(seconds=ticks // 10_000_000)) if ticks else ""
    except OverflowError:
        return ""


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("cp949", "replace")


def _hwp(ole: Any, limits: Limits) -> Iterator[Finding]:
    header = ole.openstream("FileHeader").read(256)
    flags = int.from_bytes(header[36:40], "little")
    if flags & (_PASSWORD | _DRM):
        yield Finding(Kind.OTHER, "DRM" if flags & _DRM else "password")
    if flags & _DISTRIBUTION:
        yield Finding(Kind.OTHER, "distribution")
    yield from _hwp_previews(ole)
    history = [entry for entry in ole.listdir() if entry[0] == "DocHistory"]
    if history or flags & _HISTORY:
        yield found(Kind.REVISIONS, "DocHistory", len(history) or "")
    if flags & _TRACKED:
        yield found(Kind.REVISIONS, "track changes")
    scripts = [_size(ole, entry) for entry in ole.listdir() if entry[0] == "Scripts"]
    if flags & _SCRIPT or max(scripts, default=0) > _NO_SCRIPT:
        yield found(Kind.SCRIPT, "Scripts")
    yield from _hwp_media(ole, limits, bool(flags & _COMPRESSED))


def _hwp_previews(ole: Any) -> Iterator[Finding]:
    if ole.exists("PrvText"):
        text = ole.openstream("PrvText").read().decode("utf-16-le", "replace").strip("\0\r\n ")
        if text:
            yield found(Kind.PREVIEW, text)
            yield from inside.words(text)
    if ole.exists("PrvImage") and _size(ole, ["PrvImage"]):
        yield found(Kind.PREVIEW, "PrvImage", f"{_size(ole, ['PrvImage'])} B")


def _hwp_media(ole: Any, limits: Limits, compressed: bool) -> Iterator[Finding]:
    """Pictures and files in the document; their own facts too, if they unpack within bounds."""
    left = limits.unpacked
    for entry in ole.listdir():
        if entry[0] != "BinData":
            continue
        data = ole.openstream(entry).read()
        if compressed:
            data = _inflate(data, left)
            left -= len(data)
        format_ = format_of(data)
        if format_.reader == "images":
            yield from look_inside(data, limits)
        else:
            yield found(Kind.ATTACHMENT, entry[-1])


def _inflate(data: bytes, most: int) -> bytes:
    """Raises NotCleanable(TOO_MUCH); data that is not compressed after all comes back as it is."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = stream.decompress(data, max(most, 1))
    except zlib.error:
        return data
    if stream.unconsumed_tail:
        raise NotCleanable(Reason.TOO_MUCH)
    return plain


def _size(ole: Any, entry: list[str]) -> int:
    return int(ole.get_size(entry))


def _sent(ole: Any) -> Iterator[Finding]:
    """An Outlook message: who sent it, and its transport headers ([MS-OXMSG])."""
    for name, kind in (("0C1A", Kind.AUTHOR), ("0E04", Kind.AUTHOR), ("007D", Kind.OTHER)):
        stream = f"__substg1.0_{name}001F"
        if ole.exists(stream):
            yield found(kind, ole.openstream(stream).read().decode("utf-16-le", "replace"))

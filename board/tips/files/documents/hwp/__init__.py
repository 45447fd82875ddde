"""HWP 5 documents: everything but the summary. Source: Hancom's "한글 문서 파일 형식 5.0".

A document is a folder of streams, most of them compressed; DocInfo and the sections of BodyText are
lists of records. Hangul also leaves data nobody wrote: the path of a temporary file, with the
user's name in it, is in nearly every file (DocOptions/_LinkDoc).
"""

import re
import zlib
from collections.abc import Iterator
from typing import Any

from ...formats import format_of, inspect_inside
from ...results import Finding, FindingKind, NotCleanable, Reason, WorkerLimits, make_finding
from .. import embedded
from .records import Record, inspect_info, inspect_section, records, text_in

_COMPRESSED, _PASSWORD, _DISTRIBUTION, _DRM = 0x1, 0x2, 0x4, 0x10
_HISTORY, _TRACKED = 0x40, 0x4000
_AS_SHIPPED = re.compile(
    r"var Documents = XHwpDocuments;|var Document = Documents\.Active_XHwpDocument;"
    r"|function OnDocument_\w+\(\)|//\s*todo\s*:"
)
_SCRIPT_LEAST = 5  # letters besides those; lengths between the parts look like one or two
_USUAL_STREAM = re.compile(
    r"FileHeader|DocInfo|\x05HwpSummaryInformation|(BodyText|ViewText)/Section\d+|PrvText|PrvImage"
    r"|DocOptions/_LinkDoc|Scripts/(DefaultJScript|JScriptVersion)|(BinData|DocHistory)/.*"
)
_LONG_RUN = re.compile(r"[^\x00-\x1f\ud800-\udfff\ufffd]{4,}")


def inspect(ole: Any, limits: WorkerLimits) -> Iterator[Finding]:
    document = _Document(ole, limits)
    yield from _locks(document.flags)
    yield from _previews(document)
    yield from _history(document)
    yield from _scripts(document)
    yield from _temporary_path(document)
    yield from _media(document, limits)
    yield from _unknown(document)
    if not document.flags & (_PASSWORD | _DISTRIBUTION | _DRM):
        yield from _info(document)
        yield from _body(document)


class _Document:
    """The streams of a document, decompressed within limits."""

    def __init__(self, ole: Any, limits: WorkerLimits) -> None:
        self._ole, self._left = ole, limits.unpacked
        header = ole.openstream("FileHeader").read(256)
        self.flags = int.from_bytes(header[36:40], "little")
        self.names: list[list[str]] = ole.listdir()

    def within(self, storage: str) -> list[list[str]]:
        return [name for name in self.names if name[0] == storage]

    def plain(self, name: list[str]) -> bytes:
        """A stream that is never compressed; empty if there is none."""
        return bytes(self._ole.openstream(name).read()) if self._ole.exists(name) else b""

    def unpacked(self, name: list[str]) -> bytes:
        """Raises NotCleanable(TOO_MUCH)."""
        data = self.plain(name)
        if self.flags & _COMPRESSED:
            data = _inflate(data, self._left)
            self._left -= len(data)
        return data

    def records(self, name: list[str]) -> Iterator[Record]:
        return records(self.unpacked(name))


def _locks(flags: int) -> Iterator[Finding]:
    if flags & (_PASSWORD | _DRM):
        yield Finding(FindingKind.OTHER, "DRM" if flags & _DRM else "password")
    if flags & _DISTRIBUTION:
        yield Finding(FindingKind.OTHER, "distribution")


def _previews(document: _Document) -> Iterator[Finding]:
    text = document.plain(["PrvText"]).decode("utf-16-le", "replace").strip("\0\r\n ")
    if re.search(r"\w", text):
        yield make_finding(FindingKind.PREVIEW, text)
        yield from embedded.inspect_text(text)
    if picture := document.plain(["PrvImage"]):
        yield make_finding(FindingKind.PREVIEW, "PrvImage", f"{len(picture)} B")


def _history(document: _Document) -> Iterator[Finding]:
    versions = document.within("DocHistory")
    if versions or document.flags & _HISTORY:
        yield make_finding(FindingKind.REVISIONS, "DocHistory", len(versions) or "")
    if document.flags & _TRACKED:
        yield make_finding(FindingKind.REVISIONS, "track changes")


def _scripts(document: _Document) -> Iterator[Finding]:
    """Scripts. Hangul writes an empty one into every file; only longer ones are reported."""
    if document.flags & _DISTRIBUTION:  # scripts are encrypted
        return
    for name in document.within("Scripts"):
        text = document.unpacked(name).decode("utf-16-le", "replace")
        if len(re.findall(r"[A-Za-z가-힣]", _AS_SHIPPED.sub("", text))) >= _SCRIPT_LEAST:
            yield make_finding(FindingKind.SCRIPT, *name)


def _temporary_path(document: _Document) -> Iterator[Finding]:
    """Leftover memory in DocOptions/_LinkDoc; its first letter is overwritten."""
    leftover = document.plain(["DocOptions", "_LinkDoc"])
    if not document.flags & _DISTRIBUTION and (run := _LONG_RUN.match(text_in(leftover[2:]))):
        yield make_finding(FindingKind.LINK, run[0])
        yield from embedded.inspect_text(run[0])


def _media(document: _Document, limits: WorkerLimits) -> Iterator[Finding]:
    """Embedded pictures and files, with the metadata of the pictures."""
    for name in document.within("BinData"):
        data = document.unpacked(name)
        if format_of(data).is_image:
            yield from inspect_inside(data, limits)
        else:
            yield make_finding(FindingKind.ATTACHMENT, name[-1])


def _info(document: _Document) -> Iterator[Finding]:
    if ["DocInfo"] in document.names:
        yield from inspect_info(document.records(["DocInfo"]))


def _body(document: _Document) -> Iterator[Finding]:
    for name in document.within("BodyText"):
        yield from inspect_section(document.records(name))


def _unknown(document: _Document) -> Iterator[Finding]:
    """Streams that Hangul does not write into every file."""
    for name in document.names:
        if not _USUAL_STREAM.fullmatch("/".join(name)):
            yield make_finding(FindingKind.ATTACHMENT, "/".join(name))


def _inflate(data: bytes, limit: int) -> bytes:
    """Raises NotCleanable(TOO_MUCH). Uncompressed data is returned unchanged."""
    stream = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        plain = stream.decompress(data, max(limit, 1))
    except zlib.error:
        return data
    if stream.unconsumed_tail:
        raise NotCleanable(Reason.TOO_MUCH)
    return plain

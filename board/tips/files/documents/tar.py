"""Tar archives and gzip: names of the files in them and of their owners. Nothing is unpacked."""

import tarfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from itertools import islice

from ..results import FINDINGS_MAX, Finding, FindingKind, WorkerLimits, make_finding
from ..text.decoding import decode_name
from .zip_container import field_words

_GZIP = b"\x1f\x8b"
_EXTRA, _NAME, _COMMENT = 0x4, 0x8, 0x10  # flags of gzip
_HEAD = 10  # bytes
_WITH_HEADER = 16 + zlib.MAX_WBITS
_MAGIC = slice(257, 262)
_OF_ALL = {"", "root", "wheel"}  # owners who tell nothing
_TOLD = {"path", "linkpath", "uname", "gname", "size"}  # and what says no more than they


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    room = limits.unpacked
    while data.startswith(_GZIP) and room > 0:  # several files may stand one after the other
        yield from _gzip_names(data)
        packed = zlib.decompressobj(_WITH_HEADER)
        unpacked = packed.decompress(data, room)
        yield from _members(unpacked)
        room -= len(unpacked) + _HEAD
        data = packed.unused_data
    yield from _members(data)


def _gzip_names(data: bytes) -> Iterator[Finding]:
    """Fields of other programs, the name the packed file had, and a comment ([RFC 1952])."""
    flags, at = data[3], _HEAD
    if flags & _EXTRA:
        size = int.from_bytes(data[at : at + 2], "little")
        yield from field_words(data[at + 2 : at + 2 + size])
        at += 2 + size
    for flag, kind in ((_NAME, FindingKind.ATTACHMENT), (_COMMENT, FindingKind.COMMENTS)):
        if flags & flag:
            text, _, _ = data[at:].partition(b"\0")
            at += len(text) + 1
            yield make_finding(kind, decode_name(text))


def _members(data: bytes) -> Iterator[Finding]:
    if data[_MAGIC] != b"ustar":
        return
    # One archive may stand behind another, after blocks of zeros.
    with tarfile.open(
        fileobj=BytesIO(data), mode="r:", encoding="utf-8", ignore_zeros=True
    ) as archive:
        for member in islice(archive, FINDINGS_MAX):
            yield from _facts(member)


def _facts(member: tarfile.TarInfo) -> Iterator[Finding]:
    yield make_finding(FindingKind.ATTACHMENT, _text(member.name))
    if member.linkname:
        yield make_finding(FindingKind.LINK, _text(member.linkname))
    for owner in sorted({member.uname, member.gname} - _OF_ALL):
        yield make_finding(FindingKind.AUTHOR, _text(owner))
    for name in sorted(member.pax_headers.keys() - _TOLD):
        yield make_finding(FindingKind.OTHER, f"{name}: {_text(member.pax_headers[name])}")


def _text(name: str) -> str:
    return decode_name(name.encode("utf-8", "surrogateescape"))

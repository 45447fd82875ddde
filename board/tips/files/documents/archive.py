"""Zip archives: lists the names of the files in them, unpacks nothing but what links point to."""

import stat
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO

from ..results import FINDINGS_MAX, Finding, FindingKind, WorkerLimits, make_finding
from ..text.decoding import decode_name
from .zip_container import field_words, local_header, notes

_UTF8 = 0x800  # flag: the name is in UTF-8
_PATH_MAX = 4096  # bytes of what a link points to


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    archive = zipfile.ZipFile(BytesIO(data))
    if archive.comment:
        yield make_finding(FindingKind.COMMENTS, decode_name(archive.comment))
    for info in archive.infolist()[: min(limits.parts, FINDINGS_MAX)]:
        yield make_finding(FindingKind.ATTACHMENT, _file_name(info))
        if not info.is_dir():
            yield from notes(info)
        yield from _said_twice(data, info)
        if stat.S_ISLNK(info.external_attr >> 16):
            yield from _link(archive, info)


def _file_name(info: zipfile.ZipInfo) -> str:
    """The whole name: Python's ends at a zero byte."""
    name = info.orig_filename
    return name if info.flag_bits & _UTF8 else decode_name(name.encode("cp437", "replace"))


def _link(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Iterator[Finding]:
    """What a link points to, which is packed as a file."""
    with suppress(Exception), archive.open(info) as link:  # damaged, or with a password
        yield make_finding(FindingKind.LINK, decode_name(link.read(_PATH_MAX)))


def _said_twice(data: bytes, info: zipfile.ZipInfo) -> Iterator[Finding]:
    """What the header before the file says otherwise than the list at the end."""
    name, extra = local_header(data, info)
    if name and decode_name(name) != _file_name(info):
        yield make_finding(FindingKind.ATTACHMENT, decode_name(name))
    if extra != info.extra:
        yield from field_words(extra)

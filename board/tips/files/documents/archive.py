"""Zip archives: lists the names of the files in them, unpacks nothing."""

import zipfile
from collections.abc import Iterator
from io import BytesIO

from ..results import FINDINGS_MAX, Finding, FindingKind, WorkerLimits, make_finding
from .zip_container import notes

_UTF8 = 0x800  # flag: the name is in UTF-8
_OF_KOREA = ("utf-8", "cp949")  # what macOS and Windows write without declaring it


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    archive = zipfile.ZipFile(BytesIO(data))
    if archive.comment:
        yield make_finding(FindingKind.COMMENTS, _text(archive.comment))
    for info in archive.infolist()[: min(limits.parts, FINDINGS_MAX)]:
        yield make_finding(FindingKind.ATTACHMENT, _file_name(info))
        if not info.is_dir():
            yield from notes(info)


def _file_name(info: zipfile.ZipInfo) -> str:
    if info.flag_bits & _UTF8:
        return info.filename
    return _text(info.filename.encode("cp437"))


def _text(raw: bytes) -> str:
    for encoding in _OF_KOREA:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return raw.decode("cp437")

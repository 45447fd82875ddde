"""Archives: lists the names of the files in them, unpacks nothing."""

import zipfile
from collections.abc import Iterator
from io import BytesIO

from ..results import FINDINGS_MAX, Finding, FindingKind, WorkerLimits, make_finding


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    archive = zipfile.ZipFile(BytesIO(data))
    if archive.comment:
        yield make_finding(FindingKind.COMMENTS, archive.comment.decode("utf-8", "replace"))
    for info in archive.infolist()[: min(limits.parts, FINDINGS_MAX)]:
        yield make_finding(FindingKind.ATTACHMENT, _file_name(info))


def _file_name(info: zipfile.ZipInfo) -> str:
    """The decoded name. Korean Windows uses its own encoding without declaring it."""
    if info.flag_bits & 0x800:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("cp949")
    except UnicodeError:
        return info.filename

"""Detects the format of a file by its content, and calls the module that reads it."""

import re
import zipfile
from collections.abc import Iterator
from importlib import import_module
from io import BytesIO
from typing import Protocol, cast

import olefile

from .format_table import FORMATS, Format
from .results import Finding, NotCleanable, Reason, WorkerLimits
from .signatures import sound_name, variant


class FormatReader(Protocol):
    """The interface of a module for a family of formats."""

    def inspect(self, data: bytes, limits: WorkerLimits) -> Iterator[Finding]: ...


class FormatCleaner(FormatReader, Protocol):
    """The interface of a module for formats that can be cleaned."""

    def clean(self, data: bytes, limits: WorkerLimits) -> bytes:
        """The cleaned copy. Raises NotCleanable, or any exception if the file is damaged."""
        ...


_MAGIC = (
    (b"\xff\xd8\xff", "jpeg"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"HWP Document File V", "hwp3"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x1f\x8b", "gzip"),
    (b"EGGA", "egg"),
    (b"ALZ\x01", "egg"),
    (b"OggS", "ogg"),
    (b"fLaC", "flac"),
    (b"#!AMR", "amr"),
    (b"\x1aE\xdf\xa3", "mkv"),
    (b"\xc5\xd0\xd3\xc6", "postscript"),  # EPS with a preview
)
_RIFF = {b"WEBP": "webp", b"WAVE": "wav", b"AVI ": "avi"}
_BRANDS = {
    **dict.fromkeys((b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1"), "heic"),
    **dict.fromkeys((b"avif", b"avis"), "avif"),
    **dict.fromkeys((b"M4A ", b"M4B "), "m4a"),
    **dict.fromkeys((b"3gp4", b"3gp5", b"3gp6", b"3gp7", b"3ge6", b"3g2a", b"3g2b"), "3gp"),
    **dict.fromkeys((b"jp2 ", b"jpx ", b"jxl ", b"crx "), "unknown"),
    b"qt  ": "mov",
}
# The type of a document's main part; a presentation also lists those of the workbooks in it.
_MAIN_PART = re.compile(rb"(wordprocessingml|spreadsheetml|presentationml)\.\w+\.main\+xml")
_OFFICE = {b"wordprocessingml": "docx", b"spreadsheetml": "xlsx", b"presentationml": "pptx"}
_MIMETYPES = {
    b"application/hwp+zip": "hwpx",
    b"application/vnd.oasis.opendocument.text": "odt",
    b"application/vnd.oasis.opendocument.spreadsheet": "ods",
    b"application/vnd.oasis.opendocument.presentation": "odp",
    b"application/vnd.oasis.opendocument.graphics": "odg",
}
_VARIANTS = re.compile(rb"(-web|-master)?(-template)?$")  # suffixes of OpenDocument types
_STREAMS = (
    ("FileHeader", "hwp"),
    ("EncryptedPackage", "sealed"),
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
)
_FORM = {b"AIFF": "aiff", b"AIFC": "aiff"}
_TAR_MAGIC = slice(257, 262)
_PART_START = 1024 * 1024  # bytes read of a list of parts
_PDF_WITHIN = 1024  # bytes before the header that programs tolerate


def format_of(data: bytes) -> Format:
    return FORMATS[_format_name(data)]


def _format_name(data: bytes) -> str:
    for magic, name in _MAGIC:
        if data.startswith(magic):
            return variant(data, name)
    if data.startswith(b"RIFF"):
        return _RIFF.get(data[8:12], "unknown")
    if data.startswith(b"FORM"):
        return _FORM.get(data[8:12], "unknown")
    if data.startswith(b"BM") and data[6:10] == b"\0\0\0\0":
        return "bmp"
    if data[4:8] in (b"ftyp", b"moov", b"wide", b"mdat"):
        return _BRANDS.get(data[8:12], "mp4" if data[4:8] == b"ftyp" else "mov")
    if data.startswith(olefile.MAGIC):
        return _ole_format_name(data)
    if b"%PDF-" in data[:_PDF_WITHIN]:
        return "pdf"
    if data.startswith(b"PK\x03\x04"):
        return _zip_format_name(data)
    if sound := sound_name(data):
        return sound
    if data[_TAR_MAGIC] == b"ustar":
        return "tar"
    from .text import detection  # noqa: PLC0415 - a picture should not pay for its patterns

    return detection.format_name(data) or "unknown"


def _zip_format_name(data: bytes) -> str:
    """OpenDocument and HWPX name their type in `mimetype`, Office in the list of parts; others
    are a plain zip.
    """
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            mimetype = _VARIANTS.sub(b"", _part_start(archive, "mimetype").strip())
            types = _part_start(archive, "[Content_Types].xml")
    except Exception:  # damaged or locked: documents/archive.py reports which
        return "zip"
    if mimetype in _MIMETYPES:
        return _MIMETYPES[mimetype]
    main = _MAIN_PART.search(types)
    words = [main[1]] if main else [word for word in _OFFICE if word in types]
    return _OFFICE[words[0]] if words else "zip"


def _part_start(archive: zipfile.ZipFile, name: str) -> bytes:
    """The start of one part, regardless of its declared size; empty if there is none."""
    if name not in archive.namelist():
        return b""
    with archive.open(name) as part:
        return part.read(_PART_START)


def _ole_format_name(data: bytes) -> str:
    try:
        with olefile.OleFileIO(BytesIO(data)) as ole:
            return next((name for stream, name in _STREAMS if ole.exists(stream)), "ole")
    except Exception:
        return "ole"


def inspect_inside(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    """What a file reveals. If it is damaged, raises any exception after the findings before the
    damage.
    """
    file_format = format_of(data)
    if file_format.reader:
        yield from _reader(file_format).inspect(data, limits)


def clean_inside(data: bytes, limits: WorkerLimits) -> bytes:
    """The cleaned copy, perhaps in another format. Raises NotCleanable."""
    file_format = format_of(data)
    if file_format.why_not or not file_format.reader:
        raise NotCleanable(file_format.why_not or Reason.FORMAT)
    return cast(FormatCleaner, _reader(file_format)).clean(data, limits)


def _reader(file_format: Format) -> FormatReader:
    """The module, imported only when needed: a picture should not pay for the PDF library."""
    return cast(FormatReader, import_module(f".{file_format.reader}", __package__))

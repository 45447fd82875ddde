"""PDF: what a file reveals. The cleaned copy: pdf_clean.py."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from ..formats import inspect_inside
from ..media import xmp
from ..media.image_end import strip_jpeg
from ..results import Finding, FindingKind, WorkerLimits, make_finding
from .pdf_clean import clean as clean
from .pdf_file import encoded_jpeg, is_jpeg, open_pdf

_INFO = {
    "/Author": FindingKind.AUTHOR,
    "/Company": FindingKind.ORGANISATION,
    "/Creator": FindingKind.SOFTWARE,
    "/Producer": FindingKind.SOFTWARE,
    "/CreationDate": FindingKind.TIME,
    "/ModDate": FindingKind.TIME,
    "/Title": FindingKind.TITLE,
    "/Subject": FindingKind.TITLE,
    "/Keywords": FindingKind.TITLE,
}
_ACTIONS = {
    "/JavaScript": FindingKind.SCRIPT,
    "/Launch": FindingKind.LINK,
    "/SubmitForm": FindingKind.LINK,
}
_JUNK_MIN = 64  # bytes behind the end that are no white space
_SCAN_WIDTH_MIN = 1000  # pixels across


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    yield from _revisions(data)
    with open_pdf(data) as pdf:
        for key, value in pdf.docinfo.items():
            yield make_finding(_INFO.get(key, FindingKind.OTHER), _text(value))
        if Name.AcroForm in pdf.Root:
            yield make_finding(FindingKind.HIDDEN, "AcroForm")
        if Name.OCProperties in pdf.Root and _is_layered(pdf):
            yield Finding(FindingKind.HIDDEN, "OCProperties", stays=True)
        yield from _attachments(pdf, limits)
        for value in pdf.objects:
            yield from _object(value)
        yield from _scans(pdf)


def _revisions(data: bytes) -> Iterator[Finding]:
    """What the byte order reveals: incremental saves, and data outside the file proper."""
    versions = len(re.findall(rb"startxref\s+\d+\s+%%EOF", data))
    versions -= b"/Linearized" in data[:1024]
    if versions > 1:
        yield make_finding(FindingKind.REVISIONS, versions)
    start, end = data.find(b"%PDF-"), data.rfind(b"%%EOF")
    extra = len(data[:start].strip()) + len(data[end + 5 :].strip(b"\0 \t\r\n")) if end > 0 else 0
    if extra >= _JUNK_MIN:
        yield make_finding(FindingKind.ATTACHMENT, f"{extra} B")


def _attachments(pdf: Pdf, limits: WorkerLimits) -> Iterator[Finding]:
    """Attached files by name, and what they reveal themselves. They are dropped when cleaning."""
    for name, spec in pdf.attachments.items():
        yield make_finding(FindingKind.ATTACHMENT, name)
        for finding in inspect_inside(spec.get_file().read_bytes(), limits.nested()):
            yield replace(finding, stays=False, span=None)


def _object(value: Object) -> Iterator[Finding]:
    """Findings about one object, and about the objects nested in it."""
    if isinstance(value, Array):
        for part in value:
            if isinstance(part, Object) and not part.is_indirect:
                yield from _object(part)
        return
    if not isinstance(value, Dictionary | Stream):
        return
    yield from _dictionary(value)
    for _, part in value.items():
        if isinstance(part, Dictionary | Array) and not part.is_indirect:
            yield from _object(part)


def _dictionary(value: Object) -> Iterator[Finding]:
    metadata = value.get(Name.Metadata)
    if isinstance(metadata, Stream):
        yield from xmp.inspect(metadata.read_bytes())
    if isinstance(value.get(Name.Thumb), Stream):
        yield make_finding(FindingKind.PREVIEW, "Thumb")
    if Name.PieceInfo in value:
        yield make_finding(
            FindingKind.OTHER, "PieceInfo", *(str(key) for key, _ in value.PieceInfo.items())
        )
    if str(value.get(Name.S)) in _ACTIONS:
        yield make_finding(_ACTIONS[str(value.S)], _target(value))
    if value.get(Name.S) == Name.URI and Name.URI in value:
        yield make_finding(FindingKind.LINK, _text(value.URI), stays=True)
    if value.get(Name.Type) == Name.Sig:
        yield make_finding(
            FindingKind.AUTHOR, *(_text(value.get(key, "")) for key in ("/Name", "/Location"))
        )
    if Name.Subtype in value and Name.Rect in value:
        yield from _annotation(value)
    if isinstance(value, Stream) and is_jpeg(value):
        yield from _jpeg(value)


def _target(action: Object) -> str:
    for key in ("/F", "/JS"):
        value = action.get(key)
        if isinstance(value, Dictionary):
            value = value.get(Name.F)
        if isinstance(value, pikepdf.String):
            return str(value)
    return ""


def _annotation(annotation: Object) -> Iterator[Finding]:
    if annotation.Subtype == Name.Widget:
        return
    if Name.T in annotation:
        yield make_finding(FindingKind.AUTHOR, _text(annotation.T))
    if Name.M in annotation or Name.CreationDate in annotation:
        yield make_finding(
            FindingKind.TIME, _text(annotation.get(Name.M, annotation.get(Name.CreationDate)))
        )
    if _text(annotation.get(Name.Contents, "")):
        yield make_finding(FindingKind.COMMENTS, _text(annotation.Contents))


def _jpeg(stream: Any) -> Iterator[Finding]:
    data = encoded_jpeg(stream)
    try:
        if len(strip_jpeg(data)) < len(data):
            yield from (f for f in inspect_inside(data, WorkerLimits()) if not f.stays)
    except (ValueError, OSError):
        yield Finding(FindingKind.OTHER, "JPEG", stays=True)


def _is_layered(pdf: Pdf) -> bool:
    """Whether some layer is hidden when the file is opened."""
    default = pdf.Root.OCProperties.get(Name.D, Dictionary())
    off = default.get(Name.OFF, Array([]))
    return len(off) > 0 or default.get(Name.BaseState) == Name.OFF


def _scans(pdf: Pdf) -> Iterator[Finding]:
    """Scanned pages: they may show the dots that identify a printer."""
    for page in pdf.pages:
        images = page.resources.get(Name.XObject, Dictionary())
        widths = [int(image.get(Name.Width, 0)) for _, image in images.items()]
        if Name.Font not in page.resources and max(widths, default=0) >= _SCAN_WIDTH_MIN:
            yield Finding(FindingKind.PRINTER, stays=True)
            return


def _text(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.String | str) else ""

"""PDF. A cleaned one has the pages of the old in a new file, so nothing of the rest is left.

What is printed into the pages stays, and so do the marks a colour printer hides on paper that was
scanned. Filled forms and notes drawn on a page become part of the page.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf, Stream

from ..formats import inspect_inside
from ..media import xmp
from ..media.image_end import bare_jpeg
from ..results import Finding, FindingKind, NotCleanable, Reason, WorkerLimits, found

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
# Never needed to show a page, wherever they are.
_BESIDE = (
    "/Metadata", "/PieceInfo", "/AF", "/AA", "/LastModified", "/Thumb", "/OPI", "/ID",
    "/SpiderInfo", "/CreatorInfo", "/B", "/StructParents", "/StructParent", "/Measure", "/PtData",
)  # fmt: skip
_LINKS = {"/URI", "/GoTo"}
_ACTIONS = {
    "/JavaScript": FindingKind.SCRIPT,
    "/Launch": FindingKind.LINK,
    "/SubmitForm": FindingKind.LINK,
}
_NOTES = {"/Text", "/Popup", "/FileAttachment", "/Sound", "/Movie", "/Screen", "/RichMedia", "/3D"}
_DRAWN = (
    "/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F", "/Border", "/BS", "/C", "/IC", "/QuadPoints",
    "/InkList", "/Vertices", "/L", "/H", "/A", "/Dest", "/OC",
)  # fmt: skip
_OBJECTS_MAX = 200_000
_JUNK_MIN = 64  # bytes behind the end that are no white space
_PICTURE_OF_A_PAGE = 1000  # pixels across


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    yield from _file(data)
    with _open(data) as pdf:
        for key, value in pdf.docinfo.items():
            yield found(_INFO.get(key, FindingKind.OTHER), _text(value))
        if Name.AcroForm in pdf.Root:
            yield found(FindingKind.HIDDEN, "AcroForm")
        if Name.OCProperties in pdf.Root and _is_layered(pdf):
            yield Finding(FindingKind.HIDDEN, "OCProperties", stays=True)
        yield from _files(pdf, limits)
        for thing in pdf.objects:
            yield from _object(thing)
        yield from _scans(pdf)


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """The pages, drawn as they were, in a new file of a fixed order. Raises NotCleanable."""
    del limits
    buffer = BytesIO()
    with _open(data) as source, Pdf.new() as target:
        _draw_forms(source)
        target.pages.extend(source.pages)
        if Name.OCProperties in source.Root:  # or hidden layers would show
            target.Root.OCProperties = target.copy_foreign(source.Root.OCProperties)
        for thing in target.objects:
            _bare(thing)
        target.save(
            buffer,
            min_version=source.pdf_version,
            fix_metadata_version=False,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return buffer.getvalue()


def _open(data: bytes) -> Pdf:
    try:
        pdf = Pdf.open(BytesIO(data))
    except pikepdf.PasswordError:
        raise NotCleanable(Reason.LOCKED) from None
    if len(pdf.objects) > _OBJECTS_MAX:
        raise NotCleanable(Reason.TOO_MUCH)
    return pdf


def _file(data: bytes) -> Iterator[Finding]:
    """What the order of the bytes tells: versions saved one after the other, and strange ends."""
    versions = len(re.findall(rb"startxref\s+\d+\s+%%EOF", data))
    versions -= b"/Linearized" in data[:1024]
    if versions > 1:
        yield found(FindingKind.REVISIONS, versions)
    start, end = data.find(b"%PDF-"), data.rfind(b"%%EOF")
    around = len(data[:start].strip()) + len(data[end + 5 :].strip(b"\0 \t\r\n")) if end > 0 else 0
    if around >= _JUNK_MIN:
        yield found(FindingKind.ATTACHMENT, f"{around} B")


def _files(pdf: Pdf, limits: WorkerLimits) -> Iterator[Finding]:
    """Attached files by name, and what those give away in turn. They go whole."""
    for name, spec in pdf.attachments.items():
        yield found(FindingKind.ATTACHMENT, name)
        for finding in inspect_inside(spec.get_file().read_bytes(), limits.deeper()):
            yield replace(finding, stays=False, span=None)


def _object(thing: Object) -> Iterator[Finding]:
    """What one object says, and the objects written inside it."""
    if isinstance(thing, Array):
        for part in thing:
            if isinstance(part, Object) and not part.is_indirect:
                yield from _object(part)
        return
    if not isinstance(thing, Dictionary | Stream):
        return
    yield from _facts(thing)
    for _, part in thing.items():
        if isinstance(part, Dictionary | Array) and not part.is_indirect:
            yield from _object(part)


def _facts(thing: Object) -> Iterator[Finding]:
    metadata = thing.get(Name.Metadata)
    if isinstance(metadata, Stream):
        yield from xmp.inspect(metadata.read_bytes())
    if isinstance(thing.get(Name.Thumb), Stream):
        yield found(FindingKind.PREVIEW, "Thumb")
    if Name.PieceInfo in thing:
        yield found(
            FindingKind.OTHER, "PieceInfo", *(str(key) for key, _ in thing.PieceInfo.items())
        )
    if str(thing.get(Name.S)) in _ACTIONS:
        yield found(_ACTIONS[str(thing.S)], _target(thing))
    if thing.get(Name.S) == Name.URI and Name.URI in thing:
        yield found(FindingKind.LINK, _text(thing.URI), stays=True)
    if thing.get(Name.Type) == Name.Sig:
        yield found(
            FindingKind.AUTHOR, *(_text(thing.get(key, "")) for key in ("/Name", "/Location"))
        )
    if Name.Subtype in thing and Name.Rect in thing:
        yield from _annotation(thing)
    if isinstance(thing, Stream) and _is_jpeg(thing):
        yield from _jpeg(thing)


def _target(action: Object) -> str:
    for key in ("/F", "/JS"):
        value = action.get(key)
        if isinstance(value, Dictionary):
            value = value.get(Name.F)
        if isinstance(value, pikepdf.String):
            return str(value)
    return ""


def _annotation(note: Object) -> Iterator[Finding]:
    if note.Subtype == Name.Widget:
        return
    if Name.T in note:
        yield found(FindingKind.AUTHOR, _text(note.T))
    if Name.M in note or Name.CreationDate in note:
        yield found(FindingKind.TIME, _text(note.get(Name.M, note.get(Name.CreationDate))))
    if _text(note.get(Name.Contents, "")):
        yield found(FindingKind.COMMENTS, _text(note.Contents))


def _is_jpeg(stream: Any) -> bool:
    return bool(_filters(stream)) and _filters(stream)[-1] == "/DCTDecode"


def _filters(stream: Any) -> list[str]:
    filters = stream.get(Name.Filter, Array([]))
    return [str(one) for one in filters] if isinstance(filters, Array) else [str(filters)]


def _coded(stream: Any) -> bytes:
    """The JPEG as it was put into the file."""
    if len(_filters(stream)) == 1:
        return bytes(stream.read_raw_bytes())
    return bytes(stream.read_bytes(decode_level=pikepdf.StreamDecodeLevel.generalized))


def _jpeg(stream: Any) -> Iterator[Finding]:
    data = _coded(stream)
    try:
        if len(bare_jpeg(data)) < len(data):
            yield from (f for f in inspect_inside(data, WorkerLimits()) if not f.stays)
    except (ValueError, OSError):
        yield Finding(FindingKind.OTHER, "JPEG", stays=True)


def _is_layered(pdf: Pdf) -> bool:
    """Whether some layer does not show when the file is opened."""
    usual = pdf.Root.OCProperties.get(Name.D, Dictionary())
    off = usual.get(Name.OFF, Array([]))
    return len(off) > 0 or usual.get(Name.BaseState) == Name.OFF


def _scans(pdf: Pdf) -> Iterator[Finding]:
    """Pages that are pictures of paper may show the dots by which a printer is known."""
    for page in pdf.pages:
        drawn = page.resources.get(Name.XObject, Dictionary())
        widths = [int(picture.get(Name.Width, 0)) for _, picture in drawn.items()]
        if Name.Font not in page.resources and max(widths, default=0) >= _PICTURE_OF_A_PAGE:
            yield Finding(FindingKind.PRINTER, stays=True)
            return


def _draw_forms(pdf: Pdf) -> None:
    """What is filled in becomes part of the page, and notes that only float over it go."""
    _keep_notes(pdf, lambda note: str(note.get(Name.Subtype)) not in _NOTES)
    if Name.AcroForm in pdf.Root:
        if pdf.Root.AcroForm.get(Name.NeedAppearances):
            pdf.generate_appearance_streams()
        pdf.flatten_annotations()
    _keep_notes(pdf, _is_drawn)
    for page in pdf.pages:
        for note in page.obj.get(Name.Annots, Array([])):
            _bare_note(note)


def _keep_notes(pdf: Pdf, is_kept: Callable[[Any], bool]) -> None:
    for page in pdf.pages:
        notes: Any = page.obj.get(Name.Annots)
        if notes is not None:
            kept = [note for note in notes if isinstance(note, Dictionary) and is_kept(note)]
            page.obj.Annots = Array(kept)


def _is_drawn(note: Any) -> bool:
    if note.get(Name.Subtype) != Name.Link:
        return bool(note.get(Name.Subtype) != Name.Widget)
    action = note.get(Name.A)
    return Name.Dest in note or (action is not None and str(action.get(Name.S)) in _LINKS)


def _bare_note(note: Any) -> None:
    for key in [key for key, _ in note.items() if key not in _DRAWN]:
        del note[key]
    if note.Subtype != Name.Link and Name.A in note:
        del note[Name.A]
    if Name.A in note and Name.Next in note.A:
        del note.A[Name.Next]


def _bare(thing: Any) -> None:
    """Takes away what stands beside the content, here and in what is written inside."""
    if isinstance(thing, Array):
        parts = list(thing)
    elif isinstance(thing, Dictionary | Stream):
        # Lists of fonts and pictures have names anybody may choose, /B and /AA too, but no type.
        is_list = not isinstance(thing, Stream) and not {Name.Type, Name.Subtype} & set(
            thing.keys()
        )
        for key in [] if is_list else [key for key in _BESIDE if key in thing]:
            del thing[key]
        parts = [part for _, part in thing.items()]
        if isinstance(thing, Stream) and _is_jpeg(thing):
            _bare_picture(thing)
    else:
        return
    for part in parts:
        if isinstance(part, Dictionary | Array) and not part.is_indirect:
            _bare(part)


def _bare_picture(stream: Any) -> None:
    try:
        data = bare_jpeg(_coded(stream))
    except ValueError:
        return
    parms = stream.get(Name.DecodeParms)
    if isinstance(parms, Array):
        parms = parms[-1]
    stream.write(data, filter=Name.DCTDecode, decode_parms=parms)


def _text(value: Any) -> str:
    return str(value) if isinstance(value, pikepdf.String | str) else ""

"""PDF. A cleaned one has the pages of the old in a new file, so nothing of the rest is left.

What is printed into the pages stays, and so do the marks a colour printer hides on paper that was
scanned. Filled forms and notes drawn on a page become part of the page.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from ..media.image_end import strip_jpeg
from ..results import WorkerLimits
from .pdf_file import encoded_jpeg, is_jpeg, open_pdf

# Never needed to show a page, wherever they are.
_DROPPED_KEYS = (
    "/Metadata", "/PieceInfo", "/AF", "/AA", "/LastModified", "/Thumb", "/OPI", "/ID",
    "/SpiderInfo", "/CreatorInfo", "/B", "/StructParents", "/StructParent", "/Measure", "/PtData",
)  # fmt: skip
_LINKS = {"/URI", "/GoTo"}
_FLOATING = {
    "/Text",
    "/Popup",
    "/FileAttachment",
    "/Sound",
    "/Movie",
    "/Screen",
    "/RichMedia",
    "/3D",
}
_ANNOTATION_KEYS = (
    "/Type", "/Subtype", "/Rect", "/AP", "/AS", "/F", "/Border", "/BS", "/C", "/IC", "/QuadPoints",
    "/InkList", "/Vertices", "/L", "/H", "/A", "/Dest", "/OC",
)  # fmt: skip


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """The pages, drawn as they were, in a new file of a fixed order. Raises NotCleanable."""
    del limits
    buffer = BytesIO()
    with open_pdf(data) as source, Pdf.new() as target:
        _flatten_forms(source)
        target.pages.extend(source.pages)
        if Name.OCProperties in source.Root:  # or hidden layers would show
            target.Root.OCProperties = target.copy_foreign(source.Root.OCProperties)
        for thing in target.objects:
            _strip(thing)
        target.save(
            buffer,
            min_version=source.pdf_version,
            fix_metadata_version=False,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return buffer.getvalue()


def _flatten_forms(pdf: Pdf) -> None:
    """What is filled in becomes part of the page, and notes that only float over it go."""
    _keep_annotations(pdf, lambda note: str(note.get(Name.Subtype)) not in _FLOATING)
    if Name.AcroForm in pdf.Root:
        if pdf.Root.AcroForm.get(Name.NeedAppearances):
            pdf.generate_appearance_streams()
        pdf.flatten_annotations()
    _keep_annotations(pdf, _is_kept)
    for page in pdf.pages:
        for note in page.obj.get(Name.Annots, Array([])):
            _strip_annotation(note)


def _keep_annotations(pdf: Pdf, is_kept: Callable[[Any], bool]) -> None:
    for page in pdf.pages:
        notes: Any = page.obj.get(Name.Annots)
        if notes is not None:
            kept = [note for note in notes if isinstance(note, Dictionary) and is_kept(note)]
            page.obj.Annots = Array(kept)


def _is_kept(note: Any) -> bool:
    if note.get(Name.Subtype) != Name.Link:
        return bool(note.get(Name.Subtype) != Name.Widget)
    action = note.get(Name.A)
    return Name.Dest in note or (action is not None and str(action.get(Name.S)) in _LINKS)


def _strip_annotation(note: Any) -> None:
    for key in [key for key, _ in note.items() if key not in _ANNOTATION_KEYS]:
        del note[key]
    if note.Subtype != Name.Link and Name.A in note:
        del note[Name.A]
    if Name.A in note and Name.Next in note.A:
        del note.A[Name.Next]


def _strip(thing: Any) -> None:
    """Takes away what stands beside the content, here and in what is written inside."""
    if isinstance(thing, Array):
        parts = list(thing)
    elif isinstance(thing, Dictionary | Stream):
        # Lists of fonts and pictures have names anybody may choose, /B and /AA too, but no type.
        is_list = not isinstance(thing, Stream) and not {Name.Type, Name.Subtype} & set(
            thing.keys()
        )
        for key in [] if is_list else [key for key in _DROPPED_KEYS if key in thing]:
            del thing[key]
        parts = [part for _, part in thing.items()]
        if isinstance(thing, Stream) and is_jpeg(thing):
            _strip_jpeg(thing)
    else:
        return
    for part in parts:
        if isinstance(part, Dictionary | Array) and not part.is_indirect:
            _strip(part)


def _strip_jpeg(stream: Any) -> None:
    try:
        data = strip_jpeg(encoded_jpeg(stream))
    except ValueError:
        return
    parms = stream.get(Name.DecodeParms)
    if isinstance(parms, Array):
        parms = parms[-1]
    stream.write(data, filter=Name.DCTDecode, decode_parms=parms)

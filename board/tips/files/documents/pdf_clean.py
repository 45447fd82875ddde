"""Cleans PDF: the pages in a new file, so nothing else is left.

What is printed on the pages stays, and so do the marks a colour printer hides on scanned paper.
Filled forms and annotations drawn on a page become part of the page.
"""

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf, Stream

from ..media.image_end import strip_jpeg
from ..results import WorkerLimits
from .pdf_file import encoded_jpeg, is_jpeg, open_pdf

# Keys never needed to show a page, in any dictionary.
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
    """The pages, unchanged, in a new file with deterministic content. Raises NotCleanable."""
    del limits
    buffer = BytesIO()
    with open_pdf(data) as source, Pdf.new() as target:
        _flatten_forms(source)
        target.pages.extend(source.pages)
        if Name.OCProperties in source.Root:  # otherwise hidden layers would show
            target.Root.OCProperties = target.copy_foreign(source.Root.OCProperties)
        for value in target.objects:
            _strip(value)
        target.save(
            buffer,
            min_version=source.pdf_version,
            fix_metadata_version=False,
            deterministic_id=True,
            object_stream_mode=pikepdf.ObjectStreamMode.generate,
        )
    return buffer.getvalue()


def _flatten_forms(pdf: Pdf) -> None:
    """Make filled-in fields part of the page; drop annotations that only float over it."""
    _keep_annotations(pdf, lambda annotation: str(annotation.get(Name.Subtype)) not in _FLOATING)
    if Name.AcroForm in pdf.Root:
        if pdf.Root.AcroForm.get(Name.NeedAppearances):
            pdf.generate_appearance_streams()
        pdf.flatten_annotations()
    _keep_annotations(pdf, _is_kept)
    for page in pdf.pages:
        for annotation in page.obj.get(Name.Annots, Array([])):
            _strip_annotation(annotation)


def _keep_annotations(pdf: Pdf, is_kept: Callable[[Any], bool]) -> None:
    for page in pdf.pages:
        annotations: Any = page.obj.get(Name.Annots)
        if annotations is not None:
            kept = [
                annotation
                for annotation in annotations
                if isinstance(annotation, Dictionary) and is_kept(annotation)
            ]
            page.obj.Annots = Array(kept)


def _is_kept(annotation: Any) -> bool:
    if annotation.get(Name.Subtype) != Name.Link:
        return bool(annotation.get(Name.Subtype) != Name.Widget)
    action = annotation.get(Name.A)
    return Name.Dest in annotation or (action is not None and str(action.get(Name.S)) in _LINKS)


def _strip_annotation(annotation: Any) -> None:
    for key in [key for key, _ in annotation.items() if key not in _ANNOTATION_KEYS]:
        del annotation[key]
    if annotation.Subtype != Name.Link and Name.A in annotation:
        del annotation[Name.A]
    if Name.A in annotation and Name.Next in annotation.A:
        del annotation.A[Name.Next]


def _strip(value: Any) -> None:
    """Remove metadata from an object and from the objects nested in it."""
    if isinstance(value, Array):
        parts = list(value)
    elif isinstance(value, Dictionary | Stream):
        # Lists of fonts and images have arbitrary keys, perhaps /B or /AA, but no type.
        is_list = not isinstance(value, Stream) and not {Name.Type, Name.Subtype} & set(
            value.keys()
        )
        for key in [] if is_list else [key for key in _DROPPED_KEYS if key in value]:
            del value[key]
        parts = [part for _, part in value.items()]
        if isinstance(value, Stream) and is_jpeg(value):
            _strip_jpeg(value)
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

"""Open Packaging Conventions: the relationships and content types of parts. ECMA-376, part 2."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote

from lxml import etree

from ...xml_tree import Damaged, parse, serialise
from ..zip_container import ZipContainer
from .names import NAMESPACES

_TYPES_SCHEMA = "http://schemas.openxmlformats.org/package/2006/content-types"
_OFFICE = "application/vnd.openxmlformats-officedocument."
_DRAWINGS = {
    "theme": f"{_OFFICE}theme+xml",
    "chart": f"{_OFFICE}drawingml.chart+xml",
    "diagramData": f"{_OFFICE}drawingml.diagramData+xml",
    "diagramLayout": f"{_OFFICE}drawingml.diagramLayout+xml",
    "diagramQuickStyle": f"{_OFFICE}drawingml.diagramStyle+xml",
    "diagramColors": f"{_OFFICE}drawingml.diagramColors+xml",
    "diagramDrawing": "application/vnd.ms-office.drawingml.diagramDrawing+xml",
}
# Formats of pictures that a document may show → the extension of their cleaned copies.
EXTENSIONS = {
    **{"jpeg": "jpeg", "png": "png", "gif": "gif", "tiff": "tiff", "webp": "webp"},
    **{"bmp": "png", "heic": "jpeg", "avif": "jpeg"},
}


@dataclass(frozen=True, slots=True)
class Family:
    """Kinds of parts. `main`: of the main part; `implied`: kind → relations no element names."""

    folder: str
    main: str
    kinds: dict[str, str]
    implied: dict[str, tuple[str, ...]] = field(default_factory=dict)


def _kinds(program: str, *names: str) -> dict[str, str]:
    return {name: f"{_OFFICE}{program}.{name}+xml" for name in names}


FAMILIES = {
    "w:document": Family(
        "word",
        "document",
        {
            "document": f"{_OFFICE}wordprocessingml.document.main+xml",
            **_kinds("wordprocessingml", "styles", "numbering", "settings", "header", "footer"),
            **_kinds("wordprocessingml", "footnotes", "endnotes"),
            **_DRAWINGS,
        },
        {"document": ("styles", "numbering", "settings", "theme", "footnotes", "endnotes")},
    ),
    "x:workbook": Family(
        "xl",
        "workbook",
        {
            "workbook": f"{_OFFICE}spreadsheetml.sheet.main+xml",
            **_kinds(
                "spreadsheetml", "worksheet", "chartsheet", "styles", "table", "sharedStrings"
            ),
            "drawing": f"{_OFFICE}drawing+xml",
            **_DRAWINGS,
        },
        {"workbook": ("styles", "theme", "sharedStrings")},
    ),
    "p:presentation": Family(
        "ppt",
        "presentation",
        {
            "presentation": f"{_OFFICE}presentationml.presentation.main+xml",
            **_kinds("presentationml", "slide", "slideLayout", "slideMaster", "tableStyles"),
            **_DRAWINGS,
        },
        {
            "presentation": ("theme", "tableStyles"),
            "slide": ("slideLayout",),
            "slideLayout": ("slideMaster",),
            "slideMaster": ("theme",),
        },
    ),
}


def content_types(kinds: dict[str, str], pictures: Iterable[str]) -> bytes:
    """The list of content types for the parts of a copy."""
    root = parse(f'<Types xmlns="{_TYPES_SCHEMA}"/>'.encode())
    relationships = "application/vnd.openxmlformats-package.relationships+xml"
    extensions = {name.rpartition(".")[2] for name in pictures}
    defaults = {"rels": relationships, "xml": "application/xml"}
    defaults |= {extension: f"image/{extension}" for extension in sorted(extensions)}
    for extension, kind in defaults.items():
        attributes = {"Extension": extension, "ContentType": kind}
        etree.SubElement(root, f"{{{_TYPES_SCHEMA}}}Default", attributes)
    for name, kind in sorted(kinds.items()):
        attributes = {"PartName": f"/{name}", "ContentType": kind}
        etree.SubElement(root, f"{{{_TYPES_SCHEMA}}}Override", attributes)
    return serialise(root)


_LINKS_SCHEMA = "http://schemas.openxmlformats.org/package/2006/relationships"

# Kinds that the standard does not have.
_EXTENSIONS = {"diagramDrawing": "http://schemas.microsoft.com/office/2007/relationships"}


@dataclass(frozen=True, slots=True)
class Relation:
    """`kind` is the end of its type, such as image; `target` a part, or an address outside."""

    kind: str
    target: str
    is_outside: bool


def file_of(part: str) -> str:
    """The name of the part with the relationships of `part`; of the document itself: of ''."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def read(parts: ZipContainer, part: str) -> dict[str, Relation]:
    """The relationships of a part by their id."""
    name = file_of(part)
    if name not in parts:
        return {}
    return {
        link.get("Id", ""): _relation(link, posixpath.dirname(part))
        for link in parse(parts[name]).iterchildren(etree.Element)
    }


def _relation(link: etree._Element, folder: str) -> Relation:
    target, kind = link.get("Target", ""), link.get("Type", "").rpartition("/")[2]
    if link.get("TargetMode") == "External":
        return Relation(kind, target, is_outside=True)
    path = posixpath.normpath(posixpath.join("/", folder, unquote(target)))
    return Relation(kind, path.lstrip("/"), is_outside=False)


def write(links: dict[str, tuple[str, str]]) -> bytes:
    """The part for `links`: id → (kind, target)."""
    root = parse(f'<Relationships xmlns="{_LINKS_SCHEMA}"/>'.encode())
    for number, (kind, target) in links.items():
        schema = _EXTENSIONS.get(kind, NAMESPACES["r"])
        attributes = {"Id": number, "Type": f"{schema}/{kind}", "Target": f"/{target}"}
        etree.SubElement(root, f"{{{_LINKS_SCHEMA}}}Relationship", attributes)
    return serialise(root)


def main_part(parts: ZipContainer) -> str:
    """The name of the document's main part. Raises Damaged if it names none."""
    for relation in read(parts, "").values():
        if relation.kind == "officeDocument" and relation.target in parts:
            return relation.target
    raise Damaged("no main part")

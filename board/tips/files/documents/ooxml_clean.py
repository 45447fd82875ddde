"""Cleans DOCX, XLSX, PPTX and their variants with macros. ECMA-376.

A cleaned copy keeps what a reader sees and drops authors, times and devices: changes are accepted;
comments, macros and all invisible parts are removed.
"""

import posixpath
import re

from lxml import etree

from .. import embedded
from ..results import NotCleanable, Reason, WorkerLimits
from .ooxml_parts import (
    BLANK_TARGET,
    DELETED,
    DROPPED,
    INSERTED,
    MARKERS,
    MEDIA,
    WORD_NAMESPACE,
    external_links,
    is_hyperlink,
)
from .zip_container import ZipContainer, local, parse, remove, serialise, unwrap

_TYPES = "[Content_Types].xml"
_WITH_MACROS = re.compile(r"application/vnd\.ms-(word|excel|powerpoint)\..*macroEnabled.*\.main")
_PLAIN_TYPES = {
    program: f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"
    for program, kind in (
        ("word", "wordprocessingml.document"),
        ("excel", "spreadsheetml.sheet"),
        ("powerpoint", "presentationml.presentation"),
    )
}
_ATTRIBUTES = re.compile(r"rsid\w*|paraId|textId|refreshedBy|refreshedDate|uid|documentId")


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """The same text, sheets and slides. Raises NotCleanable if a part cannot be cleaned."""
    parts = ZipContainer(data, limits)
    dropped: set[str] = set()
    for pattern, _ in DROPPED:
        dropped |= parts.drop(pattern)
    for name in parts.matching(r".*\.rels"):
        _cut_relations(parts, name, dropped)
    dropped |= (
        parts.drop(r".*/drawings/vmlDrawing\d*\.vml") if _has_dropped_notes(dropped) else set()
    )
    parts[_TYPES] = serialise(_content_types(parse(parts[_TYPES]), parts))
    for name in parts.matching(r".*\.xml"):
        if name != _TYPES:
            parts[name] = serialise(_strip(parse(parts[name])))
    embedded.clean(parts, parts.matching(MEDIA), limits)
    return parts.to_bytes()


def _cut_relations(parts: ZipContainer, name: str, dropped: set[str]) -> None:
    """Remove the relations to dropped parts; delete the relations of a dropped part."""
    folder, _, owner = name.rpartition("_rels/")
    if folder + owner.removesuffix(".rels") in dropped:
        del parts[name]
        return
    root = parse(parts[name])
    for link in list(root):
        target = posixpath.normpath(posixpath.join("/", folder, link.get("Target") or ""))
        kind = (link.get("Type") or "").rpartition("/")[2]
        is_note = kind == "vmlDrawing" and _has_dropped_notes(dropped)
        if target.lstrip("/") in dropped or kind == "attachedTemplate" or is_note:
            remove(link)
    for link in external_links(root):
        if not is_hyperlink(link):
            link.set("Target", BLANK_TARGET)
    parts[name] = serialise(root)


def _has_dropped_notes(dropped: set[str]) -> bool:
    """Whether comments of cells were dropped: the part that draws them must go, too."""
    return any(re.match(r"xl/(comments|ctrlProps|activeX)", name) for name in dropped)


def _content_types(root: etree._Element, parts: ZipContainer) -> etree._Element:
    """The list of content types without dropped parts, and without macro types."""
    for element in list(root):
        name = (element.get("PartName") or "").lstrip("/")
        if name and name not in parts:
            remove(element)
        elif kind := element.get("ContentType"):
            program = _WITH_MACROS.match(kind)
            element.set("ContentType", _PLAIN_TYPES[program[1]] if program else kind)
    return root


def _strip(root: etree._Element) -> etree._Element:
    """Accept changes; remove markers and identifiers."""
    for element in list(root.iter()):
        name = local(element.tag)
        if name in MARKERS:
            remove(element)
        elif WORD_NAMESPACE in str(element.tag):
            _accept_change(element, name)
        for key in [key for key in element.attrib if _ATTRIBUTES.fullmatch(local(key))]:
            del element.attrib[key]
        if name == "pageSetup":
            for key in [key for key in element.attrib if local(key) == "id"]:
                del element.attrib[key]
    return root


def _accept_change(element: etree._Element, name: str) -> None:
    """Accept one change: deleted text goes, inserted text stays."""
    parent = element.getparent()
    if name == "cellDel":  # the other cells of the row would have to move
        raise NotCleanable(Reason.CHANGES)
    if name in DELETED and parent is not None and local(parent.tag) == "trPr":
        row = parent.getparent()
        remove(parent if row is None else row)
    elif name in DELETED:
        remove(element)
    elif name in INSERTED:
        unwrap(element)

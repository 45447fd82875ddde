"""DOCX, XLSX, PPTX and their kin with macros. ECMA-376.

A cleaned one keeps what a reader sees and drops who wrote it, when, and on what: changes are
accepted, notes and macros go, and every part that nothing shows.
"""

import posixpath
import re
from collections.abc import Iterator

from lxml import etree

from .. import embedded
from ..results import Finding, FindingKind, NotCleanable, Reason, WorkerLimits, found
from .zip_container import ZipContainer, local, parse, remove, serialise, unwrap, words_in

_TYPES = "[Content_Types].xml"
_PROPERTIES = {
    **dict.fromkeys(("creator", "lastModifiedBy", "Manager"), FindingKind.AUTHOR),
    "Company": FindingKind.ORGANISATION,
    **dict.fromkeys(("Application", "Template"), FindingKind.SOFTWARE),
    **dict.fromkeys(("created", "modified", "lastPrinted"), FindingKind.TIME),
    **dict.fromkeys(("title", "subject", "keywords", "category"), FindingKind.TITLE),
    "description": FindingKind.COMMENTS,
    **dict.fromkeys(("revision", "TotalTime"), FindingKind.REVISIONS),
    "HyperlinkBase": FindingKind.LINK,
    "identifier": FindingKind.IDENTIFIER,
}
# Parts that do not show, or show only who worked on the document.
_DROPPED = (
    (r"docProps/thumbnail\..*", FindingKind.PREVIEW),
    (r"docProps/.*", None),  # told one by one
    (r".*/(threaded)?comments[^/]*(/.*)?\.xml", FindingKind.COMMENTS),
    (r".*/(people|commentAuthors|authors)\.xml|xl/persons/.*", FindingKind.AUTHOR),
    (r".*/(printerSettings/.*|printerSettings\d*\.bin)", FindingKind.PRINTER),
    (r"customXml/.*", FindingKind.OTHER),
    (r".*/(vbaProject.*|vbaData\.xml|attachedToolbars\.bin)", FindingKind.MACROS),
    (r"(.*/)?(customUI|userCustomization)/.*", FindingKind.MACROS),
    (r"xl/revisions/.*", FindingKind.REVISIONS),
    (r"xl/(connections\.xml|queryTables/.*)", FindingKind.LINK),
    (r".*/(activeX|ctrlProps)/.*", FindingKind.SCRIPT),
    (r"(.*/)?(docMetadata|_xmlsignatures)/.*", FindingKind.AUTHOR),
    (r"ppt/(tags|changesInfos)/.*|ppt/revisionInfo\.xml", FindingKind.OTHER),
)
_MEDIA = r".*/(media|embeddings)/[^/]+"
_NOTES = r"ppt/notesSlides/[^/]+\.xml"
_OUTSIDE = "about:blank"
_WITH_MACROS = re.compile(r"application/vnd\.ms-(word|excel|powerpoint)\..*macroEnabled.*\.main")
_PLAIN_TYPES = {
    program: f"application/vnd.openxmlformats-officedocument.{kind}.main+xml"
    for program, kind in (
        ("word", "wordprocessingml.document"),
        ("excel", "spreadsheetml.sheet"),
        ("powerpoint", "presentationml.presentation"),
    )
}
_TEXT = (
    r"(word/(document|header\d*|footer\d*|footnotes|endnotes)|xl/sharedStrings"
    r"|ppt/(slides|notesSlides)/[^/]+)\.xml"
)
_PARAGRAPHS = {"p", "si"}
_DELETED = {"del", "moveFrom"}
_INSERTED = {"ins", "moveTo"}
_MARKERS = {
    *("commentRangeStart", "commentRangeEnd", "commentReference", "annotationRef"),
    *("moveFromRangeStart", "moveFromRangeEnd", "moveToRangeStart", "moveToRangeEnd"),
    *("rPrChange", "pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "trPrChange"),
    *("tcPrChange", "tblGridChange", "numberingChange", "cellIns", "cellMerge"),
    *("customXmlInsRangeStart", "customXmlInsRangeEnd"),
    *("customXmlDelRangeStart", "customXmlDelRangeEnd"),
    *("rsids", "attachedTemplate", "docVars", "docId", "mailMerge", "trackRevisions"),
    *("absPath", "revisionPtr", "fileSharing", "sheetDataSet", "controls"),
    *("legacyDrawing", "legacyDrawingHF"),
    *("custDataLst", "presenceInfo"),
}
_CHANGES = {*_DELETED, *_INSERTED, *(name for name in _MARKERS if name.endswith("Change"))}
_REPORTED = {
    "rsids": FindingKind.IDENTIFIER,
    "docId": FindingKind.IDENTIFIER,
    "absPath": FindingKind.LINK,
    "fileSharing": FindingKind.AUTHOR,
    "docVars": FindingKind.OTHER,
    "sheetDataSet": FindingKind.HIDDEN,
}
_ATTRIBUTES = re.compile(r"rsid\w*|paraId|textId|refreshedBy|refreshedDate|uid|documentId")
_WORD = "wordprocessingml"


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    parts = ZipContainer(data, limits)
    yield from parts.wrapping()
    for name in parts.matching(r"docProps/.*\.xml"):
        yield from _properties(parse(parts[name]))
    for pattern, kind in _DROPPED:
        names = parts.matching(pattern)
        if kind and names:
            yield found(kind, *(_people(parts, names) or [posixpath.basename(names[0])]))
    for name in parts.matching(r".*\.xml"):
        yield from _part(parse(parts[name]))
    for name in parts.matching(r".*\.rels"):
        yield from _links(parse(parts[name]))
    if notes := parts.matching(_NOTES):
        yield found(FindingKind.HIDDEN, "notes", len(notes), stays=True)
    yield from embedded.inspect(parts, parts.matching(_MEDIA), limits)
    for name in parts.matching(_TEXT):
        yield from embedded.words(words_in(parse(parts[name]), _PARAGRAPHS))


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """The same text, sheets and slides. Raises NotCleanable if something inside cannot be."""
    parts = ZipContainer(data, limits)
    dropped: set[str] = set()
    for pattern, _ in _DROPPED:
        dropped |= parts.drop(pattern)
    for name in parts.matching(r".*\.rels"):
        _cut(parts, name, dropped)
    dropped |= parts.drop(r".*/drawings/vmlDrawing\d*\.vml") if _is_noted(dropped) else set()
    parts[_TYPES] = serialise(_types(parse(parts[_TYPES]), parts))
    for name in parts.matching(r".*\.xml"):
        if name != _TYPES:
            parts[name] = serialise(_bare(parse(parts[name])))
    embedded.clean(parts, parts.matching(_MEDIA), limits)
    return parts.written()


def _properties(root: etree._Element) -> Iterator[Finding]:
    for element in root.iterchildren():
        text = "".join(str(piece) for piece in element.itertext()).strip()
        name = local(element.tag)
        if text and name == "property":
            yield found(FindingKind.OTHER, f"{element.get('name')}: {text}")
        elif text.strip("0") and name in _PROPERTIES:  # saved no times: nothing is told
            yield found(_PROPERTIES[name], text)


def _people(parts: ZipContainer, names: list[str]) -> list[str]:
    """Who is named as an author in notes and lists of people."""
    people: set[str] = set()
    for name in names:
        if name.endswith(".xml"):
            for element in parse(parts[name]).iter():
                people |= {str(v) for k, v in element.attrib.items() if _is_author(local(k))}
                if local(element.tag) == "author":
                    people |= {element.text or ""}
    return sorted(people - {""})


def _is_author(attribute: str) -> bool:
    return attribute in ("author", "displayName", "name", "initials")


def _part(root: etree._Element) -> Iterator[Finding]:
    """Changes, ids and hidden things in one part; each kind once."""
    changes: set[str] = set()
    seen: dict[FindingKind, Finding] = {}
    for element in root.iter():
        name = local(element.tag)
        if name in _CHANGES and _WORD in str(element.tag):
            changes |= {str(v) for k, v in element.attrib.items() if local(k) in ("author", "date")}
            seen[FindingKind.REVISIONS] = found(FindingKind.REVISIONS, *sorted(changes)[:10])
        elif name in _REPORTED:
            told = (str(value) for value in element.attrib.values())
            seen[_REPORTED[name]] = found(_REPORTED[name], name, *told)
        elif name == "vanish" and local(root.tag) != "styles":
            yield Finding(FindingKind.HIDDEN, "vanish", stays=True)
        elif name == "sheet" and element.get("state", "visible") != "visible":
            yield found(FindingKind.HIDDEN, element.get("name"), stays=True)
        if name == "sld" and element.get("show") == "0":
            yield Finding(FindingKind.HIDDEN, "slide", stays=True)
        for key, value in element.attrib.items():
            if local(key) == "refreshedBy":
                seen[FindingKind.AUTHOR] = found(FindingKind.AUTHOR, value)
            elif local(key).startswith("rsid"):
                seen.setdefault(FindingKind.IDENTIFIER, found(FindingKind.IDENTIFIER, "rsid"))
    yield from seen.values()


def _links(root: etree._Element) -> Iterator[Finding]:
    for link in _outside(root):
        yield found(FindingKind.LINK, link.get("Target"), stays=_is_hyperlink(link))


def _outside(root: etree._Element) -> list[etree._Element]:
    links = [link for link in root.iterchildren() if link.get("TargetMode") == "External"]
    return [link for link in links if link.get("Target") != _OUTSIDE]


def _is_hyperlink(link: etree._Element) -> bool:
    """A link that a reader clicks is content; all others are followed by the program itself."""
    return (link.get("Type") or "").endswith("/hyperlink") and not re.match(
        r"file:|[A-Za-z]:[\\/]|\\\\", link.get("Target") or ""
    )


def _cut(parts: ZipContainer, name: str, dropped: set[str]) -> None:
    """Takes away the relations to parts that are gone; those of a gone part go whole."""
    folder, _, owner = name.rpartition("_rels/")
    if folder + owner.removesuffix(".rels") in dropped:
        del parts[name]
        return
    root = parse(parts[name])
    for link in list(root):
        target = posixpath.normpath(posixpath.join("/", folder, link.get("Target") or ""))
        kind = (link.get("Type") or "").rpartition("/")[2]
        is_note = kind == "vmlDrawing" and _is_noted(dropped)
        if target.lstrip("/") in dropped or kind == "attachedTemplate" or is_note:
            remove(link)
    for link in _outside(root):
        if not _is_hyperlink(link):
            link.set("Target", _OUTSIDE)
    parts[name] = serialise(root)


def _is_noted(dropped: set[str]) -> bool:
    """Notes on cells are drawn in a part of their own, which would be left without its text."""
    return any(re.match(r"xl/(comments|ctrlProps|activeX)", name) for name in dropped)


def _types(root: etree._Element, parts: ZipContainer) -> etree._Element:
    """The list of parts without those that are gone, as a document that has no macros."""
    for element in list(root):
        name = (element.get("PartName") or "").lstrip("/")
        if name and name not in parts:
            remove(element)
        elif kind := element.get("ContentType"):
            program = _WITH_MACROS.match(kind)
            element.set("ContentType", _PLAIN_TYPES[program[1]] if program else kind)
    return root


def _bare(root: etree._Element) -> etree._Element:
    """Changes accepted, markers and ids gone."""
    for element in list(root.iter()):
        name = local(element.tag)
        if name in _MARKERS:
            remove(element)
        elif _WORD in str(element.tag):
            _settle(element, name)
        for key in [key for key in element.attrib if _ATTRIBUTES.fullmatch(local(key))]:
            del element.attrib[key]
        if name == "pageSetup":
            for key in [key for key in element.attrib if local(key) == "id"]:
                del element.attrib[key]
    return root


def _settle(element: etree._Element, name: str) -> None:
    """Accepts one change: what was taken out goes, what was put in stays."""
    parent = element.getparent()
    if name == "cellDel":  # the other cells of the row would have to take its place
        raise NotCleanable(Reason.CHANGES)
    if name in _DELETED and parent is not None and local(parent.tag) == "trPr":
        row = parent.getparent()
        remove(parent if row is None else row)
    elif name in _DELETED:
        remove(element)
    elif name in _INSERTED:
        unwrap(element)

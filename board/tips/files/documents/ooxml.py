"""OOXML: what a document reveals. The cleaned copy: ooxml_clean.py."""

import posixpath
from collections.abc import Iterator

from lxml import etree

from .. import embedded
from ..results import Finding, FindingKind, WorkerLimits, make_finding
from .ooxml_clean import clean as clean
from .ooxml_parts import (
    DELETED,
    DROPPED,
    INSERTED,
    MARKERS,
    MEDIA,
    WORD_NAMESPACE,
    external_links,
    is_hyperlink,
)
from .zip_container import ZipContainer, local, parse, text_of

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
_NOTES = r"ppt/notesSlides/[^/]+\.xml"
_TEXT = (
    r"(word/(document|header\d*|footer\d*|footnotes|endnotes)|xl/sharedStrings"
    r"|ppt/(slides|notesSlides)/[^/]+)\.xml"
)
_PARAGRAPHS = {"p", "si"}
_CHANGES = {*DELETED, *INSERTED, *(name for name in MARKERS if name.endswith("Change"))}
_REPORTED = {
    "rsids": FindingKind.IDENTIFIER,
    "docId": FindingKind.IDENTIFIER,
    "absPath": FindingKind.LINK,
    "fileSharing": FindingKind.AUTHOR,
    "docVars": FindingKind.OTHER,
    "sheetDataSet": FindingKind.HIDDEN,
}


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    parts = ZipContainer(data, limits)
    yield from parts.inspect_container()
    for name in parts.matching(r"docProps/.*\.xml"):
        yield from _properties(parse(parts[name]))
    for pattern, kind in DROPPED:
        names = parts.matching(pattern)
        if kind and names:
            yield make_finding(kind, *(_people(parts, names) or [posixpath.basename(names[0])]))
    for name in parts.matching(r".*\.xml"):
        yield from _part(parse(parts[name]))
    for name in parts.matching(r".*\.rels"):
        yield from _links(parse(parts[name]))
    if notes := parts.matching(_NOTES):
        yield make_finding(FindingKind.HIDDEN, "notes", len(notes), stays=True)
    yield from embedded.inspect(parts, parts.matching(MEDIA), limits)
    for name in parts.matching(_TEXT):
        yield from embedded.inspect_text(text_of(parse(parts[name]), _PARAGRAPHS))


def _properties(root: etree._Element) -> Iterator[Finding]:
    for element in root.iterchildren():
        text = "".join(str(piece) for piece in element.itertext()).strip()
        name = local(element.tag)
        if text and name == "property":
            yield make_finding(FindingKind.OTHER, f"{element.get('name')}: {text}")
        elif text.strip("0") and name in _PROPERTIES:  # not for a count of zero
            yield make_finding(_PROPERTIES[name], text)


def _people(parts: ZipContainer, names: list[str]) -> list[str]:
    """Authors named in comments and lists of people."""
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
    """Changes, identifiers and hidden content in one part; each kind once."""
    changes: set[str] = set()
    seen: dict[FindingKind, Finding] = {}
    for element in root.iter():
        name = local(element.tag)
        if name in _CHANGES and WORD_NAMESPACE in str(element.tag):
            changes |= {str(v) for k, v in element.attrib.items() if local(k) in ("author", "date")}
            seen[FindingKind.REVISIONS] = make_finding(FindingKind.REVISIONS, *sorted(changes)[:10])
        elif name in _REPORTED:
            values = (str(value) for value in element.attrib.values())
            seen[_REPORTED[name]] = make_finding(_REPORTED[name], name, *values)
        elif name == "vanish" and local(root.tag) != "styles":
            yield Finding(FindingKind.HIDDEN, "vanish", stays=True)
        elif name == "sheet" and element.get("state", "visible") != "visible":
            yield make_finding(FindingKind.HIDDEN, element.get("name"), stays=True)
        if name == "sld" and element.get("show") == "0":
            yield Finding(FindingKind.HIDDEN, "slide", stays=True)
        for key, value in element.attrib.items():
            if local(key) == "refreshedBy":
                seen[FindingKind.AUTHOR] = make_finding(FindingKind.AUTHOR, value)
            elif local(key).startswith("rsid"):
                seen.setdefault(
                    FindingKind.IDENTIFIER, make_finding(FindingKind.IDENTIFIER, "rsid")
                )
    yield from seen.values()


def _links(root: etree._Element) -> Iterator[Finding]:
    for link in external_links(root):
        yield make_finding(FindingKind.LINK, link.get("Target"), stays=is_hyperlink(link))

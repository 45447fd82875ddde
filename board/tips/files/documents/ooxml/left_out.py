"""The parts of a document that its copy does not have."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import replace

from lxml import etree

from ...formats import format_of, inspect_inside
from ...results import Finding, FindingKind, NotCleanable, Reason, WorkerLimits, make_finding
from ...xml_tree import Damaged, local, parse
from ..zip_container import ZipContainer
from .package import Package
from .told import Told

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
# Statistics and settings that say nothing.
_SILENT = {
    *("Pages", "Words", "Characters", "Lines", "Paragraphs", "CharactersWithSpaces", "AppVersion"),
    *("DocSecurity", "ScaleCrop", "LinksUpToDate", "SharedDoc", "HyperlinksChanged", "Slides"),
    *("Notes", "HiddenSlides", "MMClips", "PresentationFormat", "HeadingPairs", "version"),
}
# Parts that copies do not have, by their names.
_LEFT_OUT = (
    (r"docProps/thumbnail\..*", FindingKind.PREVIEW),
    (r".*/(threaded)?comments[^/]*(/.*)?\.xml", FindingKind.COMMENTS),
    (r".*/(people|commentAuthors|authors)\.xml|xl/persons/.*", FindingKind.AUTHOR),
    (r".*/(printerSettings/.*|printerSettings\d*\.bin)", FindingKind.PRINTER),
    (r".*/(vbaProject.*|vbaData\.xml|attachedToolbars\.bin)", FindingKind.MACROS),
    (r"(.*/)?(customUI|userCustomization)/.*", FindingKind.MACROS),
    (r"xl/(revisions|macrosheets)/.*", FindingKind.REVISIONS),
    (r"xl/(connections\.xml|(queryTables|externalLinks)/.*)", FindingKind.LINK),
    (r".*/(activeX|ctrlProps)/.*", FindingKind.SCRIPT),
    (r"(.*/)?(docMetadata|_xmlsignatures)/.*", FindingKind.AUTHOR),
    (r".*/(notesSlides|slides|worksheets)/[^/]*\.xml", FindingKind.HIDDEN),
    (r".*/(glossary|pivotCache|pivotTables|model|customData)/.*", FindingKind.HIDDEN),
    (r".*/(media|embeddings|fonts|ink)/.*", FindingKind.ATTACHMENT),
)
# Parts that every program writes alike; only their odd words are told.
_USUAL = re.compile(
    r"docProps/(core|app|custom)\.xml|.*/(fontTable|webSettings|stylesWithEffects|presProps|viewProps"
    r"|calcChain|sharedStrings|metadata)\.xml|.*/(theme|slideLayouts|slideMasters|notesMasters"
    r"|handoutMasters|diagrams|charts|tables|drawings)/.*",
    re.I,
)
_WORDS = re.compile(rb"(?:[\x20-\x7e]\0){5,}|[\x20-\x7e]{5,}")
_WORDS_MAX = 20  # of a part that is not XML


def inspect(package: Package, limits: WorkerLimits) -> Iterator[Finding]:
    """The parts that the copy does not have."""
    told = Told()
    for name in package.source.names:
        if name.endswith(".rels"):
            _tell_addresses(package.source, name, told)
        elif name == "[Content_Types].xml":
            _tell_types(package.source, told)
        elif name not in package.copied:
            yield from _part(package, name, told, limits)
    yield from told.findings()


def _tell_addresses(parts: ZipContainer, name: str, told: Told) -> None:
    for link in parse(parts[name]).iterchildren(etree.Element):
        if link.get("TargetMode") == "External":
            told.word("Target", link.get("Target") or "")


def _tell_types(parts: ZipContainer, told: Told) -> None:
    for each in parse(parts["[Content_Types].xml"]).iterchildren(etree.Element):
        name, kind = (each.get("PartName") or "").lstrip("/"), each.get("ContentType") or ""
        if name and name not in parts:
            told.word("PartName", name)
        if not re.match(r"(application|image|audio|video|text|model)/", kind):
            told.word("ContentType", kind)


def _part(package: Package, name: str, told: Told, limits: WorkerLimits) -> Iterator[Finding]:
    data, base = package.source[name], posixpath.basename(name)
    kinds = (kind for pattern, kind in _LEFT_OUT if re.fullmatch(pattern, name, re.I))
    kind = next(kinds, FindingKind.OTHER)
    if not _USUAL.fullmatch(name):
        yield make_finding(kind, name if kind == FindingKind.OTHER else base)
    if re.fullmatch(r"docProps/.*\.xml", name, re.I):
        return
    root = _tree(data) if name.endswith((".xml", ".vml")) else None
    if root is not None:
        told.element(root, kind)
    elif format_of(data).reader not in (None, "text.plain", "unknown"):
        yield from _nested(data, limits)
    else:
        for words in _WORDS.findall(data)[:_WORDS_MAX]:
            told.word(base, words.replace(b"\0", b"").decode(), kind)


def _tree(data: bytes) -> etree._Element | None:
    """The XML of a part that the copy does not have; None if it is damaged."""
    try:
        return parse(data)
    except (etree.XMLSyntaxError, Damaged):
        return None


def _nested(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    """What a file reveals that the copy does not have, as far as it can be read."""
    try:
        for finding in inspect_inside(data, limits.nested()):
            yield replace(finding, stays=False)
    except NotCleanable as refusal:
        if refusal.reason == Reason.TOO_MUCH:
            raise
    except MemoryError:
        raise
    except Exception:  # parsers raise anything; the copy does not need this file
        return


def properties(root: etree._Element) -> Iterator[Finding]:
    for element in root.iterchildren(etree.Element):
        text = "".join(str(piece) for piece in element.itertext()).strip()
        name = local(element.tag)
        if text and name == "property":
            yield make_finding(FindingKind.OTHER, f"{element.get('name')}: {text}")
        elif text.strip("0") and name in _PROPERTIES:  # not for a count of zero
            yield make_finding(_PROPERTIES[name], text)
        elif text and name not in _SILENT:
            yield make_finding(FindingKind.OTHER, f"{name}: {text}")

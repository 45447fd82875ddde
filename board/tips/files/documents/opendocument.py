"""ODT, ODS and ODP. ISO/IEC 26300.

A cleaned copy keeps text, sheets and slides; changes are accepted, comments removed, and so are the
parts with authors, times and devices.
"""

from collections.abc import Iterator

from lxml import etree

from .. import embedded
from ..results import Finding, FindingKind, NotCleanable, Reason, WorkerLimits, make_finding
from .zip_container import ZipContainer, local, parse, remove, serialise, text_of

_PROPERTIES = {
    **dict.fromkeys(("initial-creator", "creator", "printed-by"), FindingKind.AUTHOR),
    "generator": FindingKind.SOFTWARE,
    **dict.fromkeys(("creation-date", "date", "print-date", "editing-duration"), FindingKind.TIME),
    **dict.fromkeys(("title", "subject", "keyword"), FindingKind.TITLE),
    "description": FindingKind.COMMENTS,
    "editing-cycles": FindingKind.REVISIONS,
    "template": FindingKind.LINK,
    "user-defined": FindingKind.OTHER,
}
_DROPPED = (
    (r"(.*/)?meta\.xml", None),  # reported property by property
    (r"Thumbnails/.*", FindingKind.PREVIEW),
    (r"(.*/)?settings\.xml", None),
    (r"Basic/.*|Scripts/.*", FindingKind.MACROS),
    (r"Versions/.*|VersionList\.xml", FindingKind.REVISIONS),
    (r"META-INF/.*signatures.*\.xml", FindingKind.AUTHOR),
    (r"Configurations2/.*|layout-cache|manifest\.rdf|current\.xml", None),
)
_MANIFEST = "META-INF/manifest.xml"
_MEDIA = r"(Pictures|media|Media)/[^/]+"
_PART = r"(.*/)?(content|styles)\.xml"
_MARKERS = {
    *("tracked-changes", "change", "change-start", "change-end"),
    *("annotation", "annotation-end", "event-listeners", "scripts"),
}
_PARAGRAPHS = {"p", "h"}
_PRINTER = ("PrinterName", "PrinterSetup")


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    parts = _open(data, limits)
    yield from parts.inspect_container()
    for name in parts.matching(_DROPPED[0][0]):
        yield from _properties(parse(parts[name]))
    for pattern, kind in _DROPPED:
        if kind and (names := parts.matching(pattern)):
            yield make_finding(kind, names[0])
    for name in parts.matching(r"(.*/)?settings\.xml"):
        yield from _settings(parse(parts[name]))
    for name in parts.matching(_PART):
        yield from _part(parse(parts[name]))
    yield from embedded.inspect(parts, parts.matching(_MEDIA), limits)
    for name in parts.matching(_PART):
        yield from embedded.inspect_text(text_of(parse(parts[name]), _PARAGRAPHS))


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """The same text, sheets and slides. Raises NotCleanable if a part cannot be cleaned."""
    parts = _open(data, limits)
    for pattern, _ in _DROPPED:
        parts.drop(pattern)
    manifest = parse(parts[_MANIFEST])
    for entry in list(manifest):
        path = next((str(v) for k, v in entry.attrib.items() if local(k) == "full-path"), "")
        if not path.endswith("/") and path not in parts:
            remove(entry)
    parts[_MANIFEST] = serialise(manifest)
    for name in parts.matching(_PART):
        parts[name] = serialise(_strip(parse(parts[name])))
    embedded.clean(parts, parts.matching(_MEDIA), limits)
    return parts.to_bytes()


def _open(data: bytes, limits: WorkerLimits) -> ZipContainer:
    """Raises NotCleanable(LOCKED) for a document with a password."""
    parts = ZipContainer(data, limits)
    if b"encryption-data" in parts.get(_MANIFEST, b""):
        raise NotCleanable(Reason.LOCKED)
    return parts


def _properties(root: etree._Element) -> Iterator[Finding]:
    for element in root.iter():
        name = local(element.tag)
        values = [element.text, *element.attrib.values()] if name == "template" else [element.text]
        if name in _PROPERTIES and any(values):
            yield make_finding(_PROPERTIES[name], *values)


def _settings(root: etree._Element) -> Iterator[Finding]:
    for element in root.iter():
        names = [v for k, v in element.attrib.items() if local(k) == "name"]
        if names and names[0] in _PRINTER and element.text:
            value = element.text if names[0] == "PrinterName" else names[0]
            yield make_finding(FindingKind.PRINTER, value)


def _part(root: etree._Element) -> Iterator[Finding]:
    has_rsid = False
    for element in root.iter():
        name = local(element.tag)
        if name == "annotation":
            yield make_finding(FindingKind.COMMENTS, *_authors_and_dates(element))
        elif name == "changed-region":
            yield make_finding(FindingKind.REVISIONS, *_authors_and_dates(element))
        elif name == "event-listener":
            yield make_finding(FindingKind.SCRIPT, name)
        for key, value in element.attrib.items():
            if local(key) == "href" and _is_outside(str(value)):
                yield make_finding(
                    FindingKind.LINK, value, stays=not _is_followed(element, str(value))
                )
            elif local(key) == "display" and value == "none":
                yield make_finding(FindingKind.HIDDEN, name, stays=True)
            has_rsid = has_rsid or local(key).endswith("rsid")
    if has_rsid:
        yield make_finding(FindingKind.IDENTIFIER, "rsid")


def _authors_and_dates(element: etree._Element) -> list[str]:
    return [piece.text or "" for piece in element.iter() if local(piece.tag) in ("creator", "date")]


def _is_outside(href: str) -> bool:
    return ":" in href or href.startswith(("/", "../"))


def _is_followed(element: etree._Element, href: str) -> bool:
    """Whether it is a local path, or fetched by the program itself; links to click are content."""
    is_clicked = local(element.tag) == "a" and not href.startswith(("file:", "/", "../"))
    return _is_outside(href) and not is_clicked


def _strip(root: etree._Element) -> etree._Element:
    """Accept changes; remove comments, identifiers and paths."""
    for element in list(root.iter()):
        if local(element.tag) in _MARKERS:
            remove(element)
        for key, value in list(element.attrib.items()):
            if local(key).endswith("rsid"):
                del element.attrib[key]
            elif local(key) == "href" and _is_followed(element, str(value)):
                element.set(key, "")
    return root

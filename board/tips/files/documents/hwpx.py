"""HWPX, the open document format of Hangul. KS X 6101.

Its list of parts (`Contents/content.hpf`) names the author, and `Preview/` contains text and a
picture of the first page, perhaps from before the last edit. A cleaned copy has neither. Tracked
changes cannot be accepted: the deleted text would have to be found between two marks anywhere in
the document.
"""

from collections.abc import Iterator

from lxml import etree

from .. import embedded
from ..results import Finding, FindingKind, NotCleanable, Reason, WorkerLimits, make_finding
from .zip_container import ZipContainer, local, parse, remove, serialise, text_of

_LIST = r"Contents/content\.hpf"
_PROPERTIES = {
    **dict.fromkeys(("creator", "lastsaveby"), FindingKind.AUTHOR),
    **dict.fromkeys(("createddate", "modifieddate", "date"), FindingKind.TIME),
    **dict.fromkeys(("title", "subject", "keyword"), FindingKind.TITLE),
    "description": FindingKind.COMMENTS,
}
_PREVIEW_TEXT = r"Preview/PrvText\.txt"
_DROPPED = (
    (r"Preview/.*", FindingKind.PREVIEW),
    (r"(DocHistory|Contents/history|History)/.*", FindingKind.REVISIONS),
    (r"Scripts/.*", FindingKind.SCRIPT),
    (r"DocOptions/.*", FindingKind.LINK),
    (r"META-INF/signature.*", FindingKind.AUTHOR),
)
_SECTIONS = r"Contents/section\d+\.xml"
_XML = r"Contents/.*\.xml"
_MEDIA = r"BinData/[^/]+"
_PROGRAM = ("application", "appVersion", "os")
_CHANGES = {"trackChange", "insertBegin", "deleteBegin"}
_PARAGRAPHS = {"p"}


def inspect(data: bytes, limits: WorkerLimits) -> Iterator[Finding]:
    parts = _open(data, limits)
    yield from parts.inspect_container()
    for name in parts.matching(_LIST):
        yield from _properties(parse(parts[name]))
    for name in parts.matching(_PREVIEW_TEXT):
        yield make_finding(FindingKind.PREVIEW, parts[name].decode("utf-8", "replace"))
    for pattern, kind in _DROPPED:
        names = set(parts.matching(pattern)) - set(parts.matching(_PREVIEW_TEXT))
        yield from (make_finding(kind, name) for name in sorted(names))
    for name in parts.matching(r"version\.xml"):
        root = parse(parts[name])
        if root.get("appVersion"):
            yield make_finding(FindingKind.SOFTWARE, *(root.get(key) for key in _PROGRAM))
    for name in parts.matching(_XML):
        yield from _part(parse(parts[name]))
    yield from embedded.inspect(parts, parts.matching(_MEDIA), limits)
    for name in parts.matching(_SECTIONS):
        yield from embedded.inspect_text(text_of(parse(parts[name]), _PARAGRAPHS))


def clean(data: bytes, limits: WorkerLimits) -> bytes:
    """The same pages. Raises NotCleanable(CHANGES) if there are tracked changes."""
    parts = _open(data, limits)
    if any(_is_changed(parse(parts[name])) for name in parts.matching(_XML)):
        raise NotCleanable(Reason.CHANGES)
    dropped = {name for pattern, _ in _DROPPED for name in parts.drop(pattern)}
    for name in parts.matching(r"META-INF/.*\.(xml|rdf)|" + _LIST):
        parts[name] = serialise(_without_entries(parse(parts[name]), dropped))
    for name in parts.matching(_XML):
        parts[name] = serialise(_without_memos(parse(parts[name])))
    for name in parts.matching(r"version\.xml"):
        root = parse(parts[name])
        for key in _PROGRAM[1:]:
            if key in root.attrib:
                root.set(key, "")
        parts[name] = serialise(root)
    embedded.clean(parts, parts.matching(_MEDIA), limits)
    return parts.to_bytes()


def _open(data: bytes, limits: WorkerLimits) -> ZipContainer:
    """Raises NotCleanable(LOCKED) for a document with a password."""
    parts = ZipContainer(data, limits)
    if b"encryption-data" in parts.get("META-INF/manifest.xml", b""):
        raise NotCleanable(Reason.LOCKED)
    return parts


def _properties(root: etree._Element) -> Iterator[Finding]:
    for element in _metadata(root):
        name = (element.get("name") or local(element.tag)).lower()
        if name in _PROPERTIES and element.text and element.text.strip():
            yield make_finding(_PROPERTIES[name], element.text)


def _metadata(root: etree._Element) -> list[etree._Element]:
    """The metadata elements of the document, except its language."""
    blocks = [element for element in root.iter() if local(element.tag) == "metadata"]
    elements = [element for metadata in blocks for element in metadata]
    return [element for element in elements if local(element.tag) != "language"]


def _part(root: etree._Element) -> Iterator[Finding]:
    if _is_changed(root):
        names = {e.get("name") or "" for e in root.iter() if local(e.tag) == "trackChangeAuthor"}
        yield make_finding(FindingKind.REVISIONS, *sorted(names))
    for memo in _memos(root):
        yield make_finding(FindingKind.COMMENTS, *_memo_author(memo))


def _is_changed(root: etree._Element) -> bool:
    return any(local(element.tag) in _CHANGES for element in root.iter())


def _memos(root: etree._Element) -> list[etree._Element]:
    starts = [element for element in root.iter() if local(element.tag) == "fieldBegin"]
    return [start for start in starts if start.get("type") == "MEMO"]


def _memo_author(memo: etree._Element) -> list[str]:
    return [p.text or "" for p in memo.iter() if (p.get("name") or "").lower() == "author"]


def _without_memos(root: etree._Element) -> etree._Element:
    """The document without memos: the field around the text goes, the text stays."""
    memos = _memos(root)
    ids = {memo.get("id") for memo in memos}
    ends = [element for element in root.iter() if local(element.tag) == "fieldEnd"]
    for element in [*memos, *(end for end in ends if end.get("beginIDRef") in ids)]:
        remove(element)
    return root


def _without_entries(root: etree._Element, dropped: set[str]) -> etree._Element:
    """The list of parts without dropped parts and without metadata."""
    items = {}
    for element in list(root.iter()):
        values = {str(value) for value in element.attrib.values()}
        if values & dropped or any(value.endswith(tuple(dropped)) for value in values if dropped):
            items[element.get("id")] = element
            remove(element)
    for element in list(root.iter()):
        if element.get("idref") in items and element.get("idref"):
            remove(element)
    for element in _metadata(root):
        element.text = None
    return root

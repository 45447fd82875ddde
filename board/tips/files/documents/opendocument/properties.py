"""Metadata of an OpenDocument: properties, settings, and parts that no cleaned copy has."""

import re
from collections.abc import Iterator

from lxml import etree

from ...results import FindingKind
from ...xml_tree import local, parse
from ..allow_list.rebuild import Rebuilder

_PROPERTIES = {
    **dict.fromkeys(("initial-creator", "creator", "printed-by"), FindingKind.AUTHOR),
    "creator-initials": FindingKind.AUTHOR,
    "generator": FindingKind.SOFTWARE,
    **dict.fromkeys(("creation-date", "date", "print-date", "editing-duration"), FindingKind.TIME),
    **dict.fromkeys(("title", "subject", "keyword"), FindingKind.TITLE),
    "description": FindingKind.COMMENTS,
    "editing-cycles": FindingKind.REVISIONS,
    **dict.fromkeys(("template", "auto-reload", "hyperlink-behaviour"), FindingKind.LINK),
}
_SILENT = ("language", "document-statistic")
_LEFT_OUT = (
    (r"(.*/)?Thumbnails/.*|ObjectReplacements/.*", FindingKind.PREVIEW),
    (r"(.*/)?(Basic|Scripts|Dialogs)/.*", FindingKind.MACROS),
    (r"Versions/.*|VersionList\.xml", FindingKind.REVISIONS),
    (r"META-INF/.*signatures.*\.xml", FindingKind.AUTHOR),
    (r"(.*/)?Configurations2/.*", FindingKind.OTHER),
    (r".*\.rdf", FindingKind.OTHER),
)
_SILENT_PARTS = (
    r"mimetype|META-INF/manifest\.xml|layout-cache|manifest\.rdf"
    r"|Configurations2/(accelerator/current|\w+bar/\w*bar|images/Bitmaps/imagelist)\.xml"
)
_PRINTER = ("PrinterName", "PrinterSetup")
_OF_PROGRAM = re.compile(
    r"(\$\((brandbaseurl|inst|user)\)/(share|config|user)/[a-z./]*(%3B|;)?)+|view\d+"
    r"|(low|high)-resolution|disabled|enabled"
)
_OF_RDF = re.compile(r"http://docs\.oasis-open\.org/ns/office/[\w./#-]*|(content|styles)\.xml")
_SHOWN = ("ActiveTable", "CodeName")  # names of sheets
_EMPTY_FIELD = re.compile(r"Info \d")
_NO_TIME = "P0D"
_LAYOUT = ("ooo:configuration-settings", "configuration-settings")


def tell_part(rebuilder: Rebuilder, name: str, data: bytes) -> None:
    """Tell about one part that is left out."""
    told = rebuilder.told
    if re.fullmatch(r"(.*/)?meta\.xml", name):
        _properties(rebuilder, parse(data, comments=True))
    elif re.fullmatch(r"(.*/)?settings\.xml", name):
        _settings(rebuilder, parse(data, comments=True))
    elif not re.fullmatch(_SILENT_PARTS, name):
        kinds = (kind for pattern, kind in _LEFT_OUT if re.fullmatch(pattern, name))
        kind = next(kinds, FindingKind.ATTACHMENT)
        told.tell(kind, name)
        _tell_words(rebuilder, name, data, kind)
    if name == "manifest.rdf":
        _tell_words(rebuilder, name, data, FindingKind.OTHER)


def _tell_words(rebuilder: Rebuilder, name: str, data: bytes, kind: FindingKind) -> None:
    if name.endswith((".xml", ".rdf", ".xlb", ".xba", ".xlc", ".xdl")):
        rebuilder.told.tell(kind, *_words(rebuilder, data))


def _words(rebuilder: Rebuilder, data: bytes) -> list[str]:
    try:
        words = rebuilder.words(parse(data, comments=True))
        return [word for word in words if not _OF_RDF.fullmatch(word)]
    except Exception:  # a macro may have a document type; its name is told
        return []


def _properties(rebuilder: Rebuilder, root: etree._Element) -> None:
    for element in root.iter():
        if not isinstance(element.tag, str):
            rebuilder.told.tell(FindingKind.COMMENTS, element.text)
        elif local(element.tag) in ("document-meta", "meta"):
            rebuilder.told.tell(FindingKind.OTHER, *_values(rebuilder, element))
        elif (name := local(element.tag)) not in _SILENT and not _is_empty_field(element):
            kind = _PROPERTIES.get(name, FindingKind.OTHER)
            text = (element.text or "").strip().removeprefix(_NO_TIME)
            rebuilder.told.tell(kind, *_values(rebuilder, element), text)


def _is_empty_field(element: etree._Element) -> bool:
    """OpenOffice offered four fields, which few have filled in."""
    return not (element.text or "").strip() and _EMPTY_FIELD.fullmatch(_name(element)) is not None


def _values(rebuilder: Rebuilder, element: etree._Element) -> Iterator[str]:
    """Values of attributes in no namespace that the tables know, too: all are metadata."""
    for value in element.attrib.values():
        if not rebuilder.tables.is_measure(str(value)):
            yield str(value)


def _settings(rebuilder: Rebuilder, root: etree._Element) -> None:
    for element in root.iter():
        if not isinstance(element.tag, str):
            rebuilder.told.tell(FindingKind.COMMENTS, element.text)
        elif local(element.tag) == "config-item":
            _setting(rebuilder, element)


def _setting(rebuilder: Rebuilder, element: etree._Element) -> None:
    values = {local(key): str(value) for key, value in element.attrib.items()}
    name, text = values.get("name", ""), (element.text or "").strip()
    if name in _PRINTER and text:
        rebuilder.told.tell(FindingKind.PRINTER, text if name == "PrinterName" else name)
    elif name.startswith("Rsid"):
        rebuilder.told.tell(FindingKind.IDENTIFIER, "rsid")
    elif values.get("type") == "string" and _is_own(rebuilder, name, text):
        rebuilder.told.tell(FindingKind.OTHER, name, text)


def _is_own(rebuilder: Rebuilder, name: str, text: str) -> bool:
    is_usual = name in _SHOWN or _OF_PROGRAM.fullmatch(text)
    return not is_usual and rebuilder.is_free("config:value", text)


def layout_settings(root: etree._Element, known: set[str]) -> dict[str, str]:
    """Settings that change how the pages look, by name: yes or no."""
    sets = (e for e in root.iter("{*}config-item-set") if _name(e) in _LAYOUT)
    items = (item for items in sets for item in items.iter("{*}config-item"))
    return {
        _name(item): text
        for item in items
        if _name(item) in known and (text := (item.text or "").strip()) in ("true", "false")
    }


def _name(element: etree._Element) -> str:
    return next((str(v) for k, v in element.attrib.items() if local(k) == "name"), "")

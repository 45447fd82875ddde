"""Metadata of a HWPX package, and parts that no cleaned copy has."""

import re

from lxml import etree

from ...results import FindingKind
from ...xml_tree import local, parse
from .. import embedded
from ..allow_list.rebuild import Rebuilder

_PROPERTIES = {
    **dict.fromkeys(("creator", "lastsaveby", "contributor", "publisher"), FindingKind.AUTHOR),
    **dict.fromkeys(("createddate", "modifieddate", "date"), FindingKind.TIME),
    **dict.fromkeys(("title", "subject", "keyword"), FindingKind.TITLE),
    "description": FindingKind.COMMENTS,
}
_LEFT_OUT = (
    (r"Preview/.*", FindingKind.PREVIEW),
    (r"(DocHistory|Contents/history|History)/.*", FindingKind.REVISIONS),
    (r"Scripts/.*", FindingKind.SCRIPT),
    (r"DocOptions/.*", FindingKind.LINK),
    (r"META-INF/signature.*", FindingKind.AUTHOR),
    (r"Contents/(history|masterpage).*\.xml", FindingKind.HIDDEN),
)
_LISTS = r"META-INF/(container\.(xml|rdf)|manifest\.xml)|settings\.xml"
_PROGRAM = ("application", "appVersion", "os")
_PROGRAM_NAME = "Hancom Office Hangul"
_USUAL = re.compile(
    r"(Contents|Preview|META-INF|BinData|Scripts)/[\w.]+|settings\.xml|version\.xml|mimetype"
    r"|(application|image|text)/[a-z0-9.+-]+|https?://(www\.hancom\.co\.kr|www\.w3\.org)/[\w/.#-]*"
    r"|(header|section|image|BIN|bin|ole|masterpage|content|headersc|sourcesc|headerScripts"
    r"|sourceScripts|settings)\d*|yes|no|true|false|\d*",
    re.I,
)


def tell_part(rebuilder: Rebuilder, name: str, data: bytes) -> None:
    """Tell about one part that is left out."""
    told = rebuilder.told
    if name == "Contents/content.hpf":
        _package(rebuilder, parse(data, comments=True))
    elif name == "version.xml":
        _version(rebuilder, parse(data, comments=True))
    elif re.fullmatch(_LISTS, name):
        _list(rebuilder, parse(data, comments=True), name)
    elif re.fullmatch(r"Preview/.*\.txt", name):
        told.tell(FindingKind.PREVIEW, data.decode("utf-8", "replace"))
    elif name != "mimetype":
        kinds = (kind for pattern, kind in _LEFT_OUT if re.fullmatch(pattern, name, re.I))
        _other(rebuilder, name, data, next(kinds, FindingKind.ATTACHMENT))


def _other(rebuilder: Rebuilder, name: str, data: bytes, kind: FindingKind) -> None:
    rebuilder.told.tell(kind, name)
    if name.endswith(".xml"):
        rebuilder.told.tell(kind, *rebuilder.words(parse(data, comments=True)))
    elif kind is FindingKind.SCRIPT:
        rebuilder.told.add(embedded.inspect_text(data.decode("utf-16-le", "ignore")))


def _package(rebuilder: Rebuilder, root: etree._Element) -> None:
    for element in root.iter():
        name = local(element.tag)
        if not isinstance(element.tag, str):
            rebuilder.told.tell(FindingKind.COMMENTS, element.text)
        elif name == "metadata" or any(local(e.tag) == "metadata" for e in element.iterancestors()):
            _property(rebuilder, element)
        else:
            kind = FindingKind.LINK if name == "item" else FindingKind.OTHER
            _values(rebuilder, element, kind)


def _property(rebuilder: Rebuilder, element: etree._Element) -> None:
    key = (element.get("name") or local(element.tag)).lower()
    text = (element.text or "").strip()
    if key not in ("language", "metadata"):
        rebuilder.told.tell(_PROPERTIES.get(key, FindingKind.OTHER), text)
    for attribute, value in element.attrib.items():
        is_usual = local(attribute) == "name" and key in _PROPERTIES
        if not is_usual and (local(attribute), str(value)) != ("content", "text"):
            rebuilder.told.tell(FindingKind.OTHER, str(value))


def _values(rebuilder: Rebuilder, element: etree._Element, kind: FindingKind) -> None:
    for value in (*element.attrib.values(), (element.text or "").strip()):
        text = str(value)
        if not _USUAL.fullmatch(text) and not rebuilder.tables.is_measure(text):
            rebuilder.told.tell(kind, text)


def _version(rebuilder: Rebuilder, root: etree._Element) -> None:
    values = [root.get(key) or "" for key in _PROGRAM]
    if values[1] or values[0] not in ("", _PROGRAM_NAME):
        rebuilder.told.tell(FindingKind.SOFTWARE, *values)
    rest = {k: v for k, v in root.attrib.items() if k not in (*_PROGRAM, "tagetApplication")}
    for value in rest.values():
        if not rebuilder.tables.is_measure(str(value)):
            rebuilder.told.tell(FindingKind.OTHER, str(value))


def _list(rebuilder: Rebuilder, root: etree._Element, name: str) -> None:
    for element in root.iter():
        if not isinstance(element.tag, str):
            rebuilder.told.tell(FindingKind.COMMENTS, element.text)
        elif name == "settings.xml" and "rint" in (element.get("name") or ""):
            rebuilder.told.tell(FindingKind.PRINTER, *map(str, element.attrib.values()))
            _values(rebuilder, element, FindingKind.PRINTER)
        else:
            _values(rebuilder, element, FindingKind.OTHER)

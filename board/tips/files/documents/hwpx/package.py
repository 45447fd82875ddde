"""The parts of a HWPX package: which are there, and the package of the cleaned copy."""

import re
from pathlib import Path

from lxml import etree

from ...formats import format_of
from ...results import WorkerLimits
from ...xml_tree import local, parse, serialise
from .. import embedded
from ..allow_list.rebuild import Told
from ..allow_list.tables import Tables
from ..allow_list.taken_parts import TakenParts
from ..zip_container import ZipContainer

_URL = "http://www.hancom.co.kr/hwpml/2011/"
_NAMES = {"hp": "paragraph", "hs": "section", "hc": "core", "hh": "head", "hm": "master-page"}
NAMESPACES = {
    **{prefix: _URL + name for prefix, name in _NAMES.items()},
    "xml": "http://www.w3.org/XML/1998/namespace",
}
LIST = "Contents/content.hpf"
HEAD = "Contents/header.xml"
_OPF, _OCF = "http://www.idpf.org/2007/opf/", "urn:oasis:names:tc:opendocument:xmlns:container"
_ODF = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_SECTION = r"Contents/section\d+\.xml"
_MASTER = r"Contents/masterpage\d+\.xml"
_VERSION = (
    b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    b'<hv:HCFVersion xmlns:hv="http://www.hancom.co.kr/hwpml/2011/version" '
    b'tagetApplication="WORDPROCESSOR" major="5" minor="1" micro="0" buildNumber="1" os="1" '
    b'xmlVersion="1.4" application="Hancom Office Hangul" appVersion=""/>'
)
# Read now, because the worker cannot read it later.
_TABLES = Path(__file__).with_name("tables.txt").read_text(encoding="utf-8")


class Package:
    """`kept`: new name → bytes of the parts of the cleaned copy."""

    def __init__(self, parts: ZipContainer, told: Told, limits: WorkerLimits) -> None:
        self.tables = Tables(_TABLES, NAMESPACES)
        self.parts, self.told = parts, told
        self._taken = TakenParts(parts, told, limits, "BinData/image{}".format)
        self.kept = self._taken.kept
        self.sections = parts.matching(_SECTION)
        self._items = dict(self._listed())

    def documents(self) -> list[str]:
        """Head, sections and the master pages that a section uses."""
        used = {match for name in self.sections for match in _masters(self.parts[name])}
        masters = [name for name in self.parts.matching(_MASTER) if self._id_of(name) in used]
        return [name for name in (HEAD, *masters, *self.sections) if name in self.parts]

    def has_unlisted_sections(self) -> bool:
        """Whether the reading order has some sections and not others, which may not be shown."""
        read = {self._items.get(item, "") for item in self._spine()}
        return bool(read & {*self.sections}) and not read.issuperset(self.sections)

    def left(self) -> set[str]:
        return set(self.parts.names) - {*self.documents()} - self._taken.names

    def is_listed(self, item: str) -> bool:
        return self._items.get(item, "") in self.parts

    def take(self, item: str, edges: embedded.Edges | None) -> str | None:
        """The new id of a picture, which is kept then, without its `edges` (fractions)."""
        name = self._items.get(item, "")
        if name not in self.parts:
            return None
        new = self._taken.take(name, edges, lambda _data: edges)
        return Path(new).stem if new else None

    def all_parts(self) -> dict[str, bytes]:
        """The kept parts, and the lists that name them, written anew."""
        return self.kept | {
            "mimetype": b"application/hwp+zip",
            "version.xml": _VERSION,
            "META-INF/container.xml": serialise(_container()),
            "META-INF/manifest.xml": serialise(etree.Element(f"{{{_ODF}}}manifest")),
            LIST: serialise(self._list()),
        }

    def _listed(self) -> list[tuple[str, str]]:
        if LIST not in self.parts:
            return []
        items = (e for e in parse(self.parts[LIST]).iter() if local(e.tag) == "item")
        return [(item.get("id") or "", (item.get("href") or "").lstrip("/")) for item in items]

    def _spine(self) -> list[str]:
        if LIST not in self.parts:
            return []
        items = (e for e in parse(self.parts[LIST]).iter() if local(e.tag) == "itemref")
        return [item.get("idref") or "" for item in items if item.get("linear") != "no"]

    def _id_of(self, name: str) -> str:
        return next((item for item, href in self._items.items() if href == name), "")

    def _list(self) -> etree._Element:
        package = etree.Element(f"{{{_OPF}}}package", nsmap={"opf": _OPF})
        metadata = etree.SubElement(package, f"{{{_OPF}}}metadata")
        etree.SubElement(metadata, f"{{{_OPF}}}title")
        etree.SubElement(metadata, f"{{{_OPF}}}language").text = "ko"
        manifest = etree.SubElement(package, f"{{{_OPF}}}manifest")
        spine = etree.SubElement(package, f"{{{_OPF}}}spine")
        for name in self.documents():
            item = self._id_of(name) if re.fullmatch(_MASTER, name) else Path(name).stem
            _item(manifest, item, name, "application/xml")
            if not re.fullmatch(_MASTER, name):
                etree.SubElement(spine, f"{{{_OPF}}}itemref", idref=item, linear="yes")
        for name in self._taken.new_names:
            kind = format_of(self.kept[name]).name
            _item(manifest, Path(name).stem, name, f"image/{kind}").set("isEmbeded", "1")
        return package


def _masters(section: bytes) -> list[str]:
    elements = parse(section).iter(f"{{{NAMESPACES['hp']}}}masterPage")
    return [element.get("idRef") or "" for element in elements]


def _item(manifest: etree._Element, item: str, href: str, media_type: str) -> etree._Element:
    values = {"id": item, "href": href, "media-type": media_type}
    return etree.SubElement(manifest, f"{{{_OPF}}}item", values)


def _container() -> etree._Element:
    container = etree.Element(f"{{{_OCF}}}container", nsmap={"ocf": _OCF})
    files = etree.SubElement(container, f"{{{_OCF}}}rootfiles")
    values = {"full-path": LIST, "media-type": "application/hwpml-package+xml"}
    etree.SubElement(files, f"{{{_OCF}}}rootfile", values)
    return container

"""The list of parts of an OpenDocument package, written anew."""

import re
from collections.abc import Iterator

from lxml import etree

from ...formats import format_of
from ...results import FindingKind
from ...xml_tree import Damaged, local, parse, serialise
from . import properties
from .package import Package

_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
_CONFIG = "urn:oasis:names:tc:opendocument:xmlns:config:1.0"
_OFFICE = "urn:oasis:names:tc:opendocument:xmlns:office:1.0"
_PATH = "META-INF/manifest.xml"
_TYPE = re.compile(
    r"application/vnd\.oasis\.opendocument\."
    r"(text|spreadsheet|presentation|graphics|chart|formula)(-web|-master|-template){0,2}"
)
_MEDIA_TYPE = re.compile(r"([a-z]+/[a-z0-9.+-]+)?(;windows_formatname=\"[\w ]{1,20}\")?")
_MEDIA = {"mp4": "video/mp4", "mov": "video/quicktime", "m4a": "audio/mp4", "mp3": "audio/mpeg"}
_CHART = "application/vnd.oasis.opendocument.chart"
_VERSION = "1.3"


def tell(package: Package) -> None:
    """Paths and types in the old list, and in the type of the document, that nothing explains."""
    for element in _old(package):
        if not isinstance(element.tag, str):
            package.told.tell(FindingKind.COMMENTS, element.text)
            continue
        package.told.tell(FindingKind.OTHER, (element.text or "").strip())
        for key, value in element.attrib.items():
            if _is_odd(package, local(key), str(value)):
                package.told.tell(FindingKind.OTHER, str(value))


def _is_odd(package: Package, key: str, value: str) -> bool:
    if key == "full-path":
        return value not in package.parts and not value.endswith("/")
    return key == "media-type" and not _MEDIA_TYPE.fullmatch(value)


def _old(package: Package) -> Iterator[etree._Element]:
    """Comments and elements of the old list, which a program of long ago may have written badly."""
    try:
        yield from parse(package.parts.get(_PATH, b""), comments=True).iter()
    except (Damaged, etree.XMLSyntaxError):
        package.told.tell(FindingKind.OTHER, _PATH)


def with_manifest(package: Package) -> dict[str, bytes]:
    """The kept parts, with the type, the settings that change the look, and the list."""
    mimetype = package.parts["mimetype"].decode("ascii", "replace").strip()
    parts = {"mimetype": mimetype.encode(), **package.kept}
    if settings := _settings(package):
        parts["settings.xml"] = settings
    root = etree.Element(f"{{{_NAMESPACE}}}manifest", nsmap={"manifest": _NAMESPACE})
    root.set(f"{{{_NAMESPACE}}}version", _VERSION)
    _entry(root, "/", mimetype)
    types = _object_types(package)
    for old, new in package.objects.items():
        if new:
            _entry(root, new, types.get(old, _CHART))
    for name in sorted(set(parts) - {"mimetype"}):
        _entry(root, name, _media_type(name, parts[name]))
    return parts | {_PATH: serialise(root)}


def _entry(root: etree._Element, path: str, media_type: str) -> None:
    entry = etree.SubElement(root, f"{{{_NAMESPACE}}}file-entry")
    entry.set(f"{{{_NAMESPACE}}}full-path", path)
    entry.set(f"{{{_NAMESPACE}}}media-type", media_type)


def _media_type(name: str, data: bytes) -> str:
    if name.endswith(".xml"):
        return "text/xml"
    form = format_of(data)
    return _MEDIA.get(form.name, f"image/{form.name}" if form.is_image else "")


def _object_types(package: Package) -> dict[str, str]:
    """The media types of objects in the old list, by folder; the first one counts."""
    types: dict[str, str] = {}
    for element in _old(package):
        values = {local(key): str(value) for key, value in element.attrib.items()}
        if _TYPE.fullmatch(media_type := values.get("media-type", "")):
            types.setdefault(values.get("full-path", ""), media_type)
    return types


def _settings(package: Package) -> bytes:
    if "settings.xml" not in package.parts:
        return b""
    known = package.tables["layout settings"]
    found = properties.layout_settings(parse(package.parts["settings.xml"]), known)
    spaces = {"office": _OFFICE, "config": _CONFIG}
    root = etree.Element(f"{{{_OFFICE}}}document-settings", nsmap=spaces)
    root.set(f"{{{_OFFICE}}}version", _VERSION)
    settings = etree.SubElement(root, f"{{{_OFFICE}}}settings")
    items = etree.SubElement(settings, f"{{{_CONFIG}}}config-item-set")
    items.set(f"{{{_CONFIG}}}name", "ooo:configuration-settings")
    for name, value in sorted(found.items()):
        item = etree.SubElement(items, f"{{{_CONFIG}}}config-item")
        item.set(f"{{{_CONFIG}}}name", name)
        item.set(f"{{{_CONFIG}}}type", "boolean")
        item.text = value
    return serialise(root) if found else b""

"""Copies the XML of a part: only known elements, attributes and values arrive."""

from collections.abc import Callable
from typing import Any

from lxml import etree

from ...xml_tree import local
from . import names
from .told import Told
from .values import Values, only_connects

# Elements with text that a reader sees.
_TEXTS = {"w:t", "a:t", "m:t", "x:t", "x:v", "c:v", "c:name", "c:separator", "c:formatCode"}
# Elements that mean nothing without this attribute.
_NEEDED = {
    **dict.fromkeys(("a:latin", "a:ea", "a:cs", "a:sym", "a:buFont", "a:font"), "typeface"),
    **dict.fromkeys(("x:name", "x:rFont"), "val"),
    "w:name": names.full("w:val"),
}

# The id of the copied relationship for an id of the source; the second argument: cropped edges.
Link = Callable[[str, str | None], str | None]


class Copier:
    """Copies trees. `link` returns None for a relationship that the copy does not have."""

    def __init__(self, told: Told, values: Values, link: Link) -> None:
        self._told = told
        self._values = values
        self._link = link

    def copy(self, element: etree._Element) -> etree._Element | None:
        """The element as far as it is known; None if it is not."""
        root = self._element(element, None)
        if root is not None:
            etree.cleanup_namespaces(root)
        return root

    def _element(
        self, element: etree._Element, parent: etree._Element | None
    ) -> etree._Element | None:
        name = names.short(str(element.tag))
        if not names.is_element(name):
            self._told.element(element)
            return None
        attributes = self._attributes(element, name)
        if _NEEDED.get(name, "") not in ("", *attributes):
            return None
        new = _begin(parent, element, attributes)
        self._fill(new, element, name)
        return new

    def _fill(self, new: etree._Element, element: etree._Element, name: str) -> None:
        if element.text:
            new.text = self._text(name, element.text)
        for child in element:
            self._element(child, new)
            if child.tail:
                self._told.word(local(element.tag), child.tail)

    def _text(self, name: str, text: str) -> str | None:
        if name in _TEXTS:
            return text
        if name == "a:tableStyleId":
            return self._values.table_style(text)
        if names.is_plain(text):
            return text if text.strip() else None
        self._told.word(name.partition(":")[2], text)
        return None

    def _attributes(self, element: etree._Element, name: str) -> dict[str, str]:
        kept = {}
        for key, value in element.attrib.items():
            attribute = names.short(str(key))
            if attribute.startswith("r:"):
                new = self._link(str(value), element.get("crop"))
            else:
                new = self._value(name, attribute, str(value))
            if new is not None:
                kept[str(key)] = new
        return kept

    def _value(self, name: str, attribute: str, value: str) -> str | None:
        new = self._values.of(name, attribute, value)
        if new != value and not only_connects(name, attribute, value):
            own = attribute.rpartition(":")[2]
            self._told.word(name.partition(":")[2] if own == "val" else own, value)
        return new


def _begin(
    parent: etree._Element | None, element: etree._Element, attributes: dict[str, str]
) -> etree._Element:
    if parent is not None:
        return etree.SubElement(parent, element.tag, attributes)
    return etree.Element(element.tag, attributes, nsmap=_declared(str(element.tag)))


def _declared(root: str) -> Any:
    """The prefixes of the copy; spreadsheets have none for their own, as programs expect."""
    prefixes = {prefix: uri for prefix, uri in names.NAMESPACES.items() if prefix != "xml"}
    return {None: prefixes.pop("x"), **prefixes} if names.short(root)[:2] == "x:" else prefixes

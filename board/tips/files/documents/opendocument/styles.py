"""Styles of an OpenDocument: which are used, and what one says with those it is based on."""

from collections.abc import Iterable, Iterator

from lxml import etree

from ..allow_list.tables import Tables
from .names import master_of

_PARENTS_MAX = 30
_DEFINED_BY = ("style:name", "draw:name", "presentation:name")
_FAMILIES = {
    "text:span": ("text", "text:style-name"),
    "text:p": ("paragraph", "text:style-name"),
    "text:h": ("paragraph", "text:style-name"),
    "table:table": ("table", "table:style-name"),
    "draw:page": ("drawing-page", "draw:style-name"),
    "draw:frame": ("graphic", "draw:style-name"),
    "draw:frame of a slide": ("presentation", "presentation:style-name"),
}
_ALWAYS = {"Standard", "Default", "Heading", "Default_20_Paragraph_20_Font"}


class Styles:
    def __init__(self, roots: Iterable[etree._Element], tables: Tables) -> None:
        self._tables = tables
        self._styles: dict[tuple[str, str], etree._Element] = {}
        self._named: dict[str, set[str]] = {}  # names in the definitions of a name
        self._masters: dict[str, None] = {}
        self._first: set[str] = set(_ALWAYS)
        for root in roots:
            self._collect(root)
        self._first |= set(list(self._masters)[:1])
        self.used = self._reached()

    def says(self, element: etree._Element, name: str, attribute: str) -> str | None:
        """The value of `attribute` in the style of an element called `name`."""
        family, key = _FAMILIES.get(name, ("", ""))
        style = self._styles.get((family, self._value(element, key)))
        for _ in range(_PARENTS_MAX):
            if style is None:
                return None
            for properties in style:
                if value := self._value(properties, attribute):
                    return value
            style = self._styles.get((family, self._value(style, "style:parent-style-name")))
        return None

    def definition(self, element: etree._Element, name: str) -> str | None:
        """The name that an element defines for others."""
        if name not in self._tables["definitions"]:
            return None
        return next((v for key in _DEFINED_BY if (v := self._value(element, key))), None)

    def _value(self, element: etree._Element, name: str) -> str:
        return (element.get(self._tables.key(name)) or "") if name else ""

    def _collect(self, element: etree._Element, within: set[str] | None = None) -> None:
        if not isinstance(element.tag, str):
            return
        name = self._tables.name(element.tag)
        if defined := self.definition(element, name):
            within = self._named.setdefault(defined, set())
            self._styles[self._value(element, "style:family"), defined] = element
            if name == "style:master-page":
                self._masters[defined] = None
        (self._first if within is None else within).update(self._references(element))
        for child in element:
            self._collect(child, within)

    def _references(self, element: etree._Element) -> Iterator[str]:
        for key, value in element.attrib.items():
            name = self._tables.name(key)
            if name in self._tables["names"] and name not in _DEFINED_BY:
                yield from (str(value), *str(value).split())

    def _reached(self) -> set[str]:
        reached, waiting = set(), set(self._first)
        while waiting:
            name = waiting.pop()
            reached.add(name)
            more = set(self._named.get(name, ()))
            if name in self._masters:
                more |= {other for other in self._named if master_of(other) == name}
            waiting |= more - reached
        return reached

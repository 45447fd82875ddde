"""Removes what a reader of an OpenDocument does not see: text, slides, sheets, rows, columns."""

from copy import deepcopy
from itertools import islice

from lxml import etree

from ...results import FindingKind
from ...xml_tree import remove
from ..allow_list.rebuild import Rebuilder
from .styles import Styles

# Element → attribute of its style, and the value that hides it.
_BY_STYLE = {
    "text:span": ("text:display", "none"),
    "text:p": ("text:display", "none"),
    "text:h": ("text:display", "none"),
    "table:table": ("table:display", "false"),
    "draw:page": ("presentation:visibility", "hidden"),
}
# Attribute of any element, and the value that hides it.
_BY_ATTRIBUTE = {
    "text:display": "none",
    "text:is-hidden": "true",
    "style:display": "false",
    "draw:display": "none",
    "drawooo:display": "none",
    "table:display": "false",
}
_ROW, _COLUMN = "table:table-row", "table:table-column"
_COVERED = "table:covered-table-cell"
_CELLS = ("table:table-cell", _COVERED)
_INVISIBLE = ("collapse", "filter")
_COLUMNS_MAX = 20_000
_REPEATED = "table:number-columns-repeated"
_PARAGRAPHS = ("text:p", "text:h")
_DECLARED = ("header", "footer", "date-time")


class Hidden:
    def __init__(self, rebuilder: Rebuilder, styles: Styles) -> None:
        self._rebuilder, self._styles = rebuilder, styles
        self._tables = rebuilder.tables
        self._layers: set[str] = set()

    def remove(self, root: etree._Element) -> None:
        for element in list(root.iter("{*}layer")):
            if self._get(element, "draw:display") == "none":
                self._layers.add(self._get(element, "draw:name"))
        for element in list(root.iter(etree.Element)):
            name = self._tables.name(element.tag)
            if self._is_hidden(element, name):
                self._remove(element, name)
            elif name == "draw:page":
                self._undeclare(element)
            elif name == "table:table":
                self._blank(element)

    def _is_hidden(self, element: etree._Element, name: str) -> bool:
        attribute, value = _BY_STYLE.get(name, ("", ""))
        if attribute and self._styles.says(element, name, attribute) == value:
            return True
        if self._get(element, "draw:layer") in self._layers and not name.endswith(":layer"):
            return True
        if not element.attrib:
            return False
        is_properties = name.endswith("-properties") or name == "draw:layer"
        return not is_properties and any(
            self._get(element, key) == hides for key, hides in _BY_ATTRIBUTE.items()
        )

    def _remove(self, element: etree._Element, name: str) -> None:
        while name == "text:hidden-paragraph" and element.getparent() is not None:
            element = element.getparent()  # type: ignore[assignment]
            name = "" if self._tables.name(element.tag) in _PARAGRAPHS else name
        self._rebuilder.leave_out(FindingKind.HIDDEN, element)
        remove(element)

    def _undeclare(self, page: etree._Element) -> None:
        """A slide may name a footer that it does not show."""
        for part in _DECLARED:
            key = self._key(f"presentation:use-{part}-name")
            shows = self._styles.says(page, "draw:page", f"presentation:display-{part}")
            if key in page.attrib and shows != "true":
                del page.attrib[key]

    def _blank(self, table: etree._Element) -> None:
        """Empty the cells of hidden rows and columns, and those merged into another; the others
        keep their place.
        """
        hidden, at = set(), 0
        for column in self._own(table, _COLUMN):
            count = self._number(column)
            if self._get(column, "table:visibility") in _INVISIBLE:
                hidden |= set(range(at, at + count))
            at += count
        for row in self._own(table, _ROW):
            is_hidden = self._get(row, "table:visibility") in _INVISIBLE
            self._blank_cells(row, hidden if not is_hidden else set(range(_COLUMNS_MAX)))

    def _own(self, table: etree._Element, name: str) -> list[etree._Element]:
        """Rows or columns of this table, not of tables in its cells."""
        found = table.iter(self._key(name))
        return [
            element
            for element in found
            if next(element.iterancestors(self._key("table:table")), None) is table
        ]

    def _blank_cells(self, row: etree._Element, hidden: set[int]) -> None:
        at = 0
        for cell in list(row):
            count = self._number(cell) if self._is_cell(cell) else 0
            columns = range(at, at + count)
            unseen = set(columns) if self._tables.name(cell.tag) == _COVERED else hidden
            if unseen.intersection(columns) and (len(cell) or self._get(cell, "office:value-type")):
                self._rebuilder.leave_out(FindingKind.HIDDEN, cell)
                self._split(cell, columns, unseen)
            at += count

    def _split(self, cell: etree._Element, columns: range, hidden: set[int]) -> None:
        """Replace a cell that stands for several columns by one for each."""
        for column in islice(columns, _COLUMNS_MAX):
            single = deepcopy(cell)
            single.attrib.pop(self._key(_REPEATED), "")
            if column in hidden:
                style = self._get(cell, "table:style-name")
                single = etree.Element(cell.tag, {self._key("table:style-name"): style})
            cell.addprevious(single)
        remove(cell)

    def _is_cell(self, element: etree._Element) -> bool:
        return self._tables.name(element.tag) in _CELLS

    def _number(self, element: etree._Element) -> int:
        text = self._get(element, _REPEATED)
        return min(int(text), _COLUMNS_MAX) if text.isdecimal() else 1

    def _get(self, element: etree._Element, name: str) -> str:
        return element.get(self._key(name)) or ""

    def _key(self, name: str) -> str:
        return self._tables.key(name)

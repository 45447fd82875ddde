"""Text of DOCX for which there is no room: in lines, frames, rows, columns and boxes of no size."""

import re
from collections.abc import Iterator

from lxml import etree

from ..names import full

_POINTS_MIN = 2.0  # in less nobody reads anything
_TWIPS = 20.0  # in a point
_EMUS = 12_700.0
_PER_CENT = 5000 / 450.0  # fiftieths of a per cent in a point, where a table is as wide as a page
_VML_SIZE = re.compile(r"(?:^|;)\s*(?:width|height)\s*:\s*([\d.]+)\s*(?:pt)?\s*(?=;|$)")


def has_no_room(run: etree._Element) -> bool:
    """Whether a size of its paragraph, or of what is around it, is too small for text. Sizes that
    styles give are not looked up."""
    sizes = (size for element in run.iterancestors() for size in _sizes(element))
    return any(size < _POINTS_MIN for size in sizes)


def _sizes(element: etree._Element) -> Iterator[float]:
    """Exact widths and heights of an element, in points: programs show nothing outside them."""
    yield from _exact(element, "w:pPr/w:spacing", "w:lineRule", "w:line")
    yield from _exact(element, "w:pPr/w:framePr", "w:hRule", "w:h")
    yield from _exact(element, "w:trPr/w:trHeight", "w:hRule", "w:val")
    yield from _exact(element, "w:tblPr/w:tblW", "w:type", "w:w", "dxa")
    if element.tag == full("w:tc"):
        yield from _widths(element)
    if element.tag in (full("wp:inline"), full("wp:anchor")):
        for extent in element.findall(full("wp:extent")):
            yield from _numbers(_EMUS, extent.get("cx"), extent.get("cy"))
    if element.tag in (full("v:shape"), full("v:rect")):
        yield from _numbers(1.0, *_VML_SIZE.findall(element.get("style") or ""))


def _widths(cell: etree._Element) -> Iterator[float]:
    """Widths of a cell: its own, and that of its columns, as programs use one or the other. Instead
    of 0 they choose one themselves, unless the layout is fixed.
    """
    table = next(cell.iterancestors(full("w:tbl")), None)
    row = next(cell.iterancestors(full("w:tr")), None)
    if table is None or row is None:
        return
    layout = _value(table, "w:tblPr/w:tblLayout", "w:type")
    widths = [
        *_exact(cell, "w:tcPr/w:tcW", "w:type", "w:w", "dxa"),
        *_exact(cell, "w:tcPr/w:tcW", "w:type", "w:w", "pct", _PER_CENT),
        *_width_of_columns(table, row, cell),
    ]
    yield from (width for width in widths if width or layout == "fixed")


def _width_of_columns(
    table: etree._Element, row: etree._Element, cell: etree._Element
) -> Iterator[float]:
    first = _count(row, "w:trPr/w:gridBefore", 0)
    first += sum(_span(other) for other in cell.itersiblings(full("w:tc"), preceding=True))
    columns = table.findall(_full_path("w:tblGrid/w:gridCol"))
    if covered := columns[first : first + _span(cell)]:
        yield sum(_numbers(_TWIPS, *(column.get(full("w:w")) for column in covered)))


def _span(cell: etree._Element) -> int:
    return _count(cell, "w:tcPr/w:gridSpan", 1)


def _count(element: etree._Element, path: str, otherwise: int) -> int:
    value = _value(element, path, "w:val")
    return int(value) if value.isdecimal() else otherwise


def _value(element: etree._Element, path: str, name: str) -> str:
    found = element.find(_full_path(path))
    return "" if found is None else found.get(full(name)) or ""


def _exact(
    element: etree._Element,
    path: str,
    rule: str,
    size: str,
    wanted: str = "exact",
    unit: float = _TWIPS,
) -> Iterator[float]:
    for found in element.findall(_full_path(path)):
        if found.get(full(rule)) == wanted:
            yield from _numbers(unit, found.get(full(size)))


def _full_path(path: str) -> str:
    return "/".join(map(full, path.split("/")))


def _numbers(unit: float, *values: str | None) -> Iterator[float]:
    for value in values:
        if value and re.fullmatch(r"\d+(?:\.\d+)?", value):
            yield float(value) / unit

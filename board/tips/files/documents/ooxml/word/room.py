"""Text of DOCX for which there is no room: in lines, frames, rows and boxes of no size."""

import re
from collections.abc import Iterator

from lxml import etree

from ..names import full

_POINTS_MIN = 2.0  # in less nobody reads anything
_TWIPS = 20.0  # in a point
_EMUS = 12_700.0
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
    if element.tag in (full("wp:inline"), full("wp:anchor")):
        for extent in element.findall(full("wp:extent")):
            yield from _numbers(_EMUS, extent.get("cx"), extent.get("cy"))
    if element.tag in (full("v:shape"), full("v:rect")):
        yield from _numbers(1.0, *_VML_SIZE.findall(element.get("style") or ""))


def _exact(element: etree._Element, path: str, rule: str, size: str) -> Iterator[float]:
    for found in element.findall("/".join(map(full, path.split("/")))):
        if found.get(full(rule)) == "exact":
            yield from _numbers(_TWIPS, found.get(full(size)))


def _numbers(unit: float, *values: str | None) -> Iterator[float]:
    for value in values:
        if value and re.fullmatch(r"\d+(?:\.\d+)?", value):
            yield float(value) / unit

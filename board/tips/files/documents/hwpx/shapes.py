"""Characters of HWPX that nobody sees: white, or nearly of no size."""

from collections.abc import Iterator

from lxml import etree

from ...xml_tree import local
from ..allow_list.rebuild import texts

_WHITE = "#FFFFFF"
_TINY = 200  # hundredths of a point


def unseen(head: etree._Element) -> set[str]:
    """Ids of the character shapes that are white on white, or smaller than two points."""
    return {
        shape.get("id") or ""
        for shape in head.iter("{*}charPr")
        if _is_white(shape) or 0 < _number(shape.get("height")) < _TINY
    }


def texts_with(root: etree._Element, shapes: set[str]) -> Iterator[str]:
    for run in root.iter("{*}run"):
        if run.get("charPrIDRef") in shapes:
            for child in run:
                if local(child.tag) == "t":
                    yield "".join(texts(child))


def _is_white(shape: etree._Element) -> bool:
    is_shaded = (shape.get("shadeColor") or "none").upper() not in ("NONE", _WHITE)
    return (shape.get("textColor") or "").upper() == _WHITE and not is_shaded


def _number(text: str | None) -> int:
    return int(text) if text and text.isdecimal() else 0

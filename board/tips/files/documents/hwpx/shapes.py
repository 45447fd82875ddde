"""Text of HWPX that nobody sees: in the colour behind it, of nearly no size, under other text."""

from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from ...xml_tree import local
from ..allow_list.rebuild import texts

_BLACK, _WHITE = "#000000", "#FFFFFF"
_NEAR = 32  # of 255: so alike are two colours that nobody tells one from the other
_TINY = 200  # hundredths of a point
_NARROW = 10  # percent of the usual width of letters
_THIN = 100  # hundredths of a point: the width or height of a frame or cell
_COLOURS = len("#RRGGBB")


@dataclass(frozen=True, slots=True)
class Look:
    """How characters of one shape look."""

    colour: str = _BLACK
    behind: str = _WHITE
    is_tiny: bool = False

    @property
    def is_unseen(self) -> bool:
        return self.is_tiny or _are_alike(self.colour, self.behind)


def unseen(root: etree._Element, head: etree._Element | None) -> Iterator[str]:
    """Texts of a part that nobody sees. `head`: the part that lists the shapes of characters."""
    looks = {} if head is None else {e.get("id"): _look(e) for e in head.iter("{*}charPr")}
    for run in root.iter("{*}run"):
        look = looks.get(run.get("charPrIDRef"), Look())
        for child in run.iterchildren("{*}t"):
            yield "".join(texts(child)) if look.is_unseen else _under_a_pen(child, look.colour)
    for frame in root.iter(etree.Element):
        if _is_thin(frame):
            yield _text(frame)
    for table in root.iter("{*}tbl"):
        yield from map(_text, _covered(table))
    for other in root.iter("{*}default"):  # what programs show that do not know the `case`
        yield _text(other)


def _look(shape: etree._Element) -> Look:
    shade = shape.get("shadeColor") or ""
    height = _number(shape.get("height"), 1000) * _least(shape, "relSz") / 100
    is_tiny = height < _TINY or _least(shape, "ratio") < _NARROW
    behind = shade if len(shade) == _COLOURS else _WHITE
    return Look(shape.get("textColor") or _BLACK, behind, is_tiny)


def _least(shape: etree._Element, name: str) -> int:
    """The smallest of the percentages for the scripts, of which Hangul and Latin count."""
    found = next(shape.iterchildren(f"{{*}}{name}"), None)
    sizes = [] if found is None else [_number(found.get(of), 100) for of in ("hangul", "latin")]
    return min(sizes, default=100)


def _under_a_pen(text: etree._Element, colour: str) -> str:
    """What is marked with a pen of the colour of the letters."""
    pen, hidden = "", []
    for child in text:
        if local(child.tag) in ("markpenBegin", "markpenEnd"):
            pen = child.get("color") or ""
        if _are_alike(pen, colour):
            hidden.append(child.tail or "")
    return "".join(hidden)


def _is_thin(frame: etree._Element) -> bool:
    """Whether a frame with text, or a cell, is too small to show it."""
    names = ("cellSz",) if local(frame.tag) == "tc" else ("sz",) if _is_frame(frame) else ()
    for size in (child for name in names for child in frame.iterchildren(f"{{*}}{name}")):
        sides = ("width",) if local(frame.tag) == "tc" else ("width", "height")
        return any(_number(size.get(side), _THIN) < _THIN for side in sides)
    return False


def _is_frame(element: etree._Element) -> bool:
    return local(element.tag) != "tbl" and bool(_text(element))


def _covered(table: etree._Element) -> Iterator[etree._Element]:
    """Cells that lie under another."""
    taken: set[tuple[int, int]] = set()
    for cell in table.iterchildren("{*}tr"):
        for each in cell.iterchildren("{*}tc"):
            places = _places(each)
            if places & taken:
                yield each
            taken |= places


def _places(cell: etree._Element) -> set[tuple[int, int]]:
    at = next(cell.iterchildren("{*}cellAddr"), None)
    span = next(cell.iterchildren("{*}cellSpan"), None)
    if at is None:
        return set()
    row, column = _number(at.get("rowAddr"), 0), _number(at.get("colAddr"), 0)
    rows = 1 if span is None else _number(span.get("rowSpan"), 1)
    columns = 1 if span is None else _number(span.get("colSpan"), 1)
    return {(row + r, column + c) for r in range(min(rows, 500)) for c in range(min(columns, 500))}


def _text(element: etree._Element) -> str:
    names = ("t", "text", "script", "mainText", "subText")
    inner = [text for name in names for e in element.iter(f"{{*}}{name}") for text in texts(e)]
    return "".join([*inner, element.get("text") or ""])


def _are_alike(one: str, other: str) -> bool:
    pairs = zip(_channels(one), _channels(other), strict=True)
    return len(one) == len(other) == _COLOURS and all(abs(a - b) < _NEAR for a, b in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    try:
        return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)
    except ValueError:
        return 0, 0, 0


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else otherwise

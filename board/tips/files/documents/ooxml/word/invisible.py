"""Text of DOCX that a reader does not see: removed and told, or told only."""

import re
from collections.abc import Iterator

from lxml import etree

from ....results import FindingKind
from ....xml_tree import remove
from ..names import full
from ..package import Page
from .room import has_no_room
from .styles import OFF, Styles, is_on

_TINY = 4  # half points
_FAINT = 25  # of 255: colours that differ less look the same
_WHITE = "FFFFFF"
_BACKGROUNDS = ("background1", "light1")  # colours of the theme that are white in almost all
_HEXADECIMAL = re.compile("[0-9A-F]{6}")
_HIGHLIGHTS = {"black": "000000", "white": _WHITE}
_AROUND = ("rPr", "pPr", "tcPr", "tblPr")
_NOTES = {"footnotes": "footnote", "endnotes": "endnote"}


def remove_invisible(page: Page) -> None:
    """Remove hidden text, rows and notes; tell what cannot be read, such as white text."""
    for mark in list(page.root.iterfind(f".//{full('w:trPr')}/{full('w:hidden')}")):
        row = next(mark.iterancestors(full("w:tr")), None)
        if row is not None and is_on(mark):
            _remove(page, row)
    _remove_merged(page)
    _remove_phantoms(page)
    look = _Look(Styles(page.package.related("styles")))
    for run in list(page.root.iter(full("w:r"), full("m:r"))):
        if look.is_hidden(run):
            _remove(page, run)
            continue
        is_seen = not look.is_unreadable(run) and not has_no_room(run)
        if not is_seen and (words := "".join(map(str, run.itertext())).strip()):
            page.told.remains(FindingKind.HIDDEN, words)
    _keep_used_notes(page)


def _remove(page: Page, element: etree._Element) -> None:
    page.told.element(element, FindingKind.HIDDEN)
    remove(element)


def _remove_merged(page: Page) -> None:
    """Remove what stands in cells that are merged into the one before them."""
    for name in ("vMerge", "hMerge"):
        for mark in page.root.iterfind(f".//{full('w:tcPr')}/{full(f'w:{name}')}"):
            cell = next(mark.iterancestors(full("w:tc")), None)
            if cell is not None and mark.get(full("w:val")) != "restart":
                for run in list(cell.iter(full("w:r"))):
                    _remove(page, run)


def _remove_phantoms(page: Page) -> None:
    """Remove parts of formulas that only keep their place."""
    for show in page.root.iterfind(f".//{full('m:phantPr')}/{full('m:show')}"):
        phantom = next(show.iterancestors(full("m:phant")), None)
        if phantom is not None and show.get(full("m:val")) in OFF:
            for run in list(phantom.iter(full("m:r"))):
                _remove(page, run)


def _keep_used_notes(page: Page) -> None:
    """Remove notes that no visible text refers to. The main part comes before its notes."""
    for name in _NOTES.values():
        for mark in page.root.iter(full(f"w:{name}Reference")):
            page.package.notes.add((name, mark.get(full("w:id"))))
    if kind := _NOTES.get(page.kind):
        for note in page.root.findall(full(f"w:{kind}")):
            is_separator = note.get(full("w:type")) not in (None, "normal")
            if not is_separator and (kind, note.get(full("w:id"))) not in page.package.notes:
                _remove(page, note)


class _Look:
    """How runs of text look, by themselves and by their styles."""

    def __init__(self, styles: Styles) -> None:
        self._vanish = styles.answers(_vanishes)
        self._tiny = styles.answers(_is_tiny)
        self._colours = styles.answers(_colour)

    def is_hidden(self, run: etree._Element) -> bool:
        own = run.find(full("w:rPr"))
        vanish = None if own is None else _vanishes(own)
        return any(self._vanish.get(id_) for id_ in _styles(run)) if vanish is None else vanish

    def is_unreadable(self, run: etree._Element) -> bool:
        """Tiny, or nearly of the colour behind it."""
        own = run.find(full("w:rPr"))
        tiny = None if own is None else _is_tiny(own)
        colour = None if own is None else _colour(own)
        for id_ in _styles(run):
            tiny = self._tiny.get(id_) if tiny is None else tiny
            colour = colour or self._colours.get(id_)
        highlight = _highlight(own)
        is_automatic = colour in (None, "AUTO")
        behind = highlight or _shade(run) or (_WHITE if not _is_on_shape(run) else "")
        return bool(tiny) or (
            highlight == "000000" if is_automatic else _look_alike(colour, behind)
        )


def _styles(run: etree._Element) -> Iterator[str | None]:
    """The styles of a run, the nearest first; None if its paragraph has none of its own."""
    paragraph = next(run.iterancestors(full("w:p")), None)
    yield from _style(run, "rPr", "rStyle")
    named = [] if paragraph is None else [*_style(paragraph, "pPr", "pStyle")]
    yield from named
    for table in run.iterancestors(full("w:tbl")):
        yield from _style(table, "tblPr", "tblStyle")
    yield from () if named else (None,)


def _style(element: etree._Element, properties: str, name: str) -> list[str | None]:
    style = element.find(f"{full(f'w:{properties}')}/{full(f'w:{name}')}")
    return [] if style is None else [style.get(full("w:val"))]


def _vanishes(properties: etree._Element) -> bool | None:
    vanish = properties.find(full("w:vanish"))
    return None if vanish is None else is_on(vanish)


def _is_tiny(properties: etree._Element) -> bool | None:
    is_complex = any(is_on(properties.find(full(name))) for name in ("w:rtl", "w:cs"))
    size = properties.find(full("w:szCs" if is_complex else "w:sz"))
    value = "" if size is None else size.get(full("w:val")) or ""
    return int(value) <= _TINY if value.isdecimal() else None


def _colour(properties: etree._Element) -> str | None:
    """As RRGGBB, or AUTO."""
    colour = properties.find(full("w:color"))
    if colour is None:
        return None
    is_background = (
        colour.get(full("w:themeColor")) in _BACKGROUNDS
        and colour.get(full("w:themeShade")) is None  # which makes it grey
    )
    return _WHITE if is_background else (colour.get(full("w:val")) or "auto").upper()


def _highlight(own: etree._Element | None) -> str | None:
    mark = None if own is None else own.find(full("w:highlight"))
    value = "none" if mark is None else mark.get(full("w:val")) or "none"
    return None if value == "none" else _HIGHLIGHTS.get(value, value)


def _is_on_shape(run: etree._Element) -> bool:
    """Whether a shape with a colour of its own is behind a run."""
    shape = next(run.iterancestors(full("wps:wsp"), full("v:shape"), full("v:rect")), None)
    if shape is None:
        return False
    is_empty = shape.find(f"{full('wps:spPr')}/{full('a:noFill')}") is not None
    return not is_empty and shape.get("filled") not in ("f", "false")


def _shade(run: etree._Element) -> str | None:
    """The colour of the nearest area behind a run; None if there is none."""
    for element in (run, *run.iterancestors()):
        for name in _AROUND:
            shade = element.find(f"{full(f'w:{name}')}/{full('w:shd')}")
            colour = "auto" if shade is None else _colour_of_shade(shade)
            if colour != "auto":
                return colour.upper()
    return None


def _colour_of_shade(shade: etree._Element) -> str:
    """Colour of the pattern, if it covers all of the area; else of the background."""
    is_solid = shade.get(full("w:val")) == "solid"
    return shade.get(full("w:color" if is_solid else "w:fill")) or "auto"


def _look_alike(colour: str | None, other: str) -> bool:
    if not (colour and _HEXADECIMAL.fullmatch(colour) and _HEXADECIMAL.fullmatch(other)):
        return colour == other
    pairs = zip(bytes.fromhex(colour), bytes.fromhex(other), strict=True)
    return all(abs(one - two) < _FAINT for one, two in pairs)

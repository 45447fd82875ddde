"""PPTX: a part before it is copied. What a reader does not see is removed and told."""

from lxml import etree

from ...results import FindingKind
from ...xml_tree import parse, remove
from . import drawing, opc
from .names import full
from .package import Page

_FIRST_SLIDE, _FIRST_MASTER = 256, 2**31  # the least ids the format allows
_LAYOUTS_MAX = 1000  # of a master
_OLE = "http://schemas.openxmlformats.org/presentationml/2006/ole"


def prepare(page: Page) -> None:
    drawing.prepare(page)
    for frame in list(page.root.iter(full("p:graphicFrame"))):
        _show_object(page, frame)
    for text in list(page.root.iter(full("a:fld"))):
        if text.get("type") != "slidenum":
            for value in text.attrib.values():
                page.told.word("fld", str(value))
            _to_run(text)
    _clear_merged(page)
    for step in _STEPS.get(page.kind, ()):
        step(page)


def _clear_merged(page: Page) -> None:
    """Remove the text of cells that are merged into the one before them."""
    for cell in page.root.iter(full("a:tc")):
        if any(cell.get(name) in ("1", "true") for name in ("hMerge", "vMerge")):
            for text in list(cell.iter(full("a:r"), full("a:fld"))):
                page.told.element(text, FindingKind.HIDDEN)
                remove(text)


def _show_object(page: Page, frame: etree._Element) -> None:
    """Replace an embedded object by the picture that shows it."""
    data = frame.find(f"{full('a:graphic')}/{full('a:graphicData')}")
    if data is None or data.get("uri") != _OLE:
        return
    picture, parent = next(data.iter(full("p:pic")), None), frame.getparent()
    page.told.element(frame, FindingKind.ATTACHMENT)
    if picture is not None and parent is not None:
        parent.replace(frame, picture)
    else:
        remove(frame)


def _to_run(text: etree._Element) -> None:
    """A date or name that a field wrote, as text."""
    text.tag = full("a:r")
    text.attrib.clear()
    for properties in text.findall(full("a:pPr")):
        text.remove(properties)


def _choose_slides(page: Page) -> None:
    """Remove hidden slides, and the masters that no slide uses."""
    used: set[str] = set()
    for slide in list(page.root.iter(full("p:sldId"))):
        target = page.target(slide)
        if target is None or _is_hidden(page, target):
            remove(slide)
        else:
            used |= _targets(page, target, "slideLayout")
    masters = {name for layout in used for name in _targets(page, layout, "slideMaster")}
    for master in list(page.root.iter(full("p:sldMasterId"))):
        if page.target(master) not in masters:
            remove(master)
    page.package.shown = used


def _is_hidden(page: Page, slide: str) -> bool:
    source = page.package.source
    return slide not in source or parse(source[slide]).get("show") in ("0", "false")


def _targets(page: Page, part: str, kind: str) -> set[str]:
    links = opc.read(page.package.source, part).values()
    return {link.target for link in links if link.kind == kind}


def _number(page: Page) -> None:
    """New ids: the old ones say in which order slides were made."""
    for number, slide in enumerate(page.root.iter(full("p:sldId"))):
        slide.set("id", str(_FIRST_SLIDE + number))
    for number, master in enumerate(page.root.iter(full("p:sldMasterId"))):
        master.set("id", str(_FIRST_MASTER + number * _LAYOUTS_MAX))


def _choose_layouts(page: Page) -> None:
    kinds = page.package.kinds.values()
    number = list(kinds).count(page.package.family.kinds[page.kind])  # of this master
    for layout in list(page.root.iter(full("p:sldLayoutId"))):
        if page.target(layout) not in page.package.shown:
            remove(layout)
    for count, layout in enumerate(page.root.iter(full("p:sldLayoutId")), 1):
        layout.set("id", str(_FIRST_MASTER + (number - 1) * _LAYOUTS_MAX + count))


def _clear_prompts(page: Page) -> None:
    """Remove the text of placeholders, which slides never show."""
    for shape in page.root.iter(full("p:sp")):
        if next(shape.iter(full("p:ph")), None) is None:
            continue
        for text in list(shape.iter(full("a:r"), full("a:fld"))):
            page.told.element(text, FindingKind.HIDDEN)
            remove(text)


def _tell_outside(page: Page) -> None:
    """Tell shapes that lie beside the slide; the editor shows them, so they stay."""
    slide = page.package.main.find(full("p:sldSz"))
    for shape in page.root.iterfind(f"{full('p:cSld')}/{full('p:spTree')}/*"):
        frame = next(shape.iter(full("a:xfrm"), full("p:xfrm")), None)
        if slide is None or frame is None or not _is_outside(frame, slide):
            continue
        words = " ".join(" ".join(map(str, shape.itertext())).split())
        page.told.remains(FindingKind.HIDDEN, "slide", words)


def _is_outside(frame: etree._Element, slide: etree._Element) -> bool:
    place, size = frame.find(full("a:off")), frame.find(full("a:ext"))
    if place is None or size is None:
        return False
    for start, length in (("x", "cx"), ("y", "cy")):
        at, extent = int(place.get(start) or 0), int(size.get(length) or 0)
        if at >= int(slide.get(length) or 0) or at + extent < 0:
            return True
    return False


_STEPS = {
    "presentation": (_choose_slides, _number),
    "slideMaster": (_choose_layouts, _clear_prompts),
    "slideLayout": (_clear_prompts,),
    "slide": (_tell_outside,),
}

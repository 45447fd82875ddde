"""Drawings in documents: alternatives, hidden shapes, cropped pictures and charts."""

from lxml import etree

from ...results import FindingKind
from ...xml_tree import local, remove, unwrap
from .names import NAMESPACES, full, is_font, short
from .package import Page

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# The whole of a shape, by the element that has its properties.
_SHAPES = {
    *("p:sp", "p:pic", "p:cxnSp", "p:grpSp", "p:graphicFrame", "pic:pic", "wps:wsp", "wpg:grpSp"),
    *("xdr:sp", "xdr:pic", "xdr:cxnSp", "xdr:grpSp", "xdr:graphicFrame", "w:drawing"),
}
_EDGES = ("l", "t", "r", "b")
_NO_CELL = "A1"  # the reference of charts whose workbook is left out
_WHOLE = 100_000  # of a percentage
_VML_EDGES = ("cropleft", "croptop", "cropright", "cropbottom")


def prepare(page: Page) -> None:
    """One of several alternatives; no hidden shapes; edges of pictures marked to be cropped."""
    for element in list(page.root.iter(f"{_MC}AlternateContent")):
        _choose(page, element)
    for element in list(page.root.iter("{*}cNvPr", "{*}docPr")):
        if element.get("hidden") in ("1", "true"):
            _remove_hidden(page, element)
    for fill in page.root.iter("{*}blipFill"):
        _mark_crop(page, fill)
    for picture in page.root.iter(full("v:imagedata")):
        _mark_vml_crop(page, picture)
    if page.kind in _OF_KIND:
        _OF_KIND[page.kind](page)


def _choose(page: Page, element: etree._Element) -> None:
    """Replace alternatives by the first of which everything is known, or by the fallback."""
    choices = [child for child in element if child.tag == f"{_MC}Choice" and _is_known(child)]
    chosen = next(iter(choices or element.findall(f"{_MC}Fallback")), None)
    known = set() if chosen is None else _words(chosen)
    _tell_other_text(page, element, chosen)
    for child in list(element):
        if child is not chosen:
            page.told.element(child, known=known)
            element.remove(child)
    if chosen is not None:
        unwrap(chosen)
    unwrap(element)


def _tell_other_text(page: Page, element: etree._Element, chosen: etree._Element | None) -> None:
    """Tell text that newer programs do not show: they take the first alternative."""
    first = next(element.iterchildren(etree.Element), None)
    if first is None or chosen is None or first is chosen:
        return
    text, shown = ("".join("".join(map(str, each.itertext())).split()) for each in (chosen, first))
    if text not in shown:
        page.told.remains(FindingKind.HIDDEN, " ".join(map(str, chosen.itertext())))


def _is_known(choice: etree._Element) -> bool:
    required = {choice.nsmap.get(prefix) for prefix in (choice.get("Requires") or "?").split()}
    return required <= set(NAMESPACES.values()) - {NAMESPACES["v"]}


def _words(element: etree._Element) -> set[str]:
    words = {str(value) for each in element.iter() for value in each.attrib.values()}
    return words | {(each.text or "").strip() for each in element.iter()}


def _remove_hidden(page: Page, element: etree._Element) -> None:
    """Remove the shape that an element says is hidden."""
    while (parent := element.getparent()) is not None:
        element = parent
        if short(str(element.tag)) in _SHAPES:
            page.told.element(element, FindingKind.HIDDEN)
            remove(element)
            return


def _mark_crop(page: Page, fill: etree._Element) -> None:
    """Write the cropped edges of a picture to it, and leave those that are padded."""
    blip, source = fill.find(full("a:blip")), fill.find(full("a:srcRect"))
    if blip is None or source is None:
        return
    edges = [_percentage(source.get(edge)) for edge in _EDGES]
    cropped = [max(edge, 0) for edge in edges]
    if not any(cropped):
        return
    _mark(page, blip, [edge / _WHOLE for edge in cropped])
    for number, name in enumerate(_EDGES):
        kept = _WHOLE - cropped[number % 2] - cropped[number % 2 + 2]
        source.set(name, str(min(edges[number], 0) * _WHOLE // max(kept, 1)))


def _mark(page: Page, picture: etree._Element, edges: list[float]) -> None:
    """Have the edges (parts of the width or height) cut off when the picture is copied."""
    picture.set("crop", ",".join(map(str, edges)))
    percent = " ".join(f"{edge:.0%}" for edge in edges)
    page.told.note(FindingKind.HIDDEN, "crop", percent)


def _percentage(value: str | None) -> int:
    """In thousandths of a percent. Raises ValueError."""
    value = value or "0"
    return int(float(value[:-1]) * 1000) if value.endswith("%") else int(value)


def _mark_vml_crop(page: Page, picture: etree._Element) -> None:
    edges = [max(_fraction(picture.get(name)), 0.0) for name in _VML_EDGES]
    if any(edges):
        _mark(page, picture, edges)
        for name in _VML_EDGES:
            if name in picture.attrib:
                del picture.attrib[name]


def _fraction(value: str | None) -> float:
    """Raises ValueError. 6554f is in units of 1/65536."""
    value = value or "0"
    return float(value[:-1]) / 65536 if value.endswith("f") else float(value)


def _name_fonts(page: Page) -> None:
    """Replace unknown fonts of a theme, which must name some."""
    for fonts in page.root.iter(full("a:majorFont"), full("a:minorFont")):
        for name, usual in (("latin", "Calibri"), ("ea", ""), ("cs", "")):
            font = fonts.find(full(f"a:{name}"))
            if font is not None and not is_font(font.get("typeface") or ""):
                page.told.word("typeface", font.get("typeface") or "")
                font.set("typeface", usual)


def _name_drawing(page: Page) -> None:
    """Replace the extensions of a diagram's data by the one that names its drawing."""
    for extensions in page.root.findall(full("dgm:extLst")):
        page.root.remove(extensions)
    if number := page.package.drawings.get(page.name):
        extensions = etree.SubElement(page.root, full("dgm:extLst"))
        extension = etree.SubElement(extensions, full("a:ext"), uri=NAMESPACES["dsp"])
        etree.SubElement(extension, full("dsp:dataModelExt"), relId=number)


def _keep_results(page: Page) -> None:
    """Replace references of a chart to cells; where they would be followed, by the values."""
    in_workbook = page.package.family.folder == "xl"
    if in_workbook:
        for element in list(page.root.iter(full("c:multiLvlStrRef"))):
            _flatten(element)
    for formula in page.root.iter(full("c:f")):
        page.told.word("formula", formula.text or "", FindingKind.LINK)
        formula.text = _NO_CELL
    for kind in ("str", "num") if in_workbook else ():
        for element in list(page.root.iter(full(f"c:{kind}Ref"))):
            _keep_result(element, kind)


def _flatten(element: etree._Element) -> None:
    """Keep the innermost of several levels of categories."""
    for cache in element.findall(full("c:multiLvlStrCache")):
        count, level = cache.find(full("c:ptCount")), cache.find(full("c:lvl"))
        kept = [] if count is None or level is None else [count, *level]
        _replace(cache, full("c:strCache"), kept)
    element.tag = full("c:strRef")


def _keep_result(element: etree._Element, kind: str) -> None:
    cache, parent = element.find(full(f"c:{kind}Cache")), element.getparent()
    values = [] if cache is None else list(cache)
    if parent is not None and parent.tag == full("c:tx"):
        _name_series(element, parent, values)
    else:
        _replace(element, full(f"c:{kind}Lit"), values)


def _replace(element: etree._Element, name: str, children: list[etree._Element]) -> None:
    for child in list(element):
        element.remove(child)
    element.tag = name
    element.extend(children)


def _name_series(
    element: etree._Element, name: etree._Element, values: list[etree._Element]
) -> None:
    """The name of a series as text; the title of a chart or axis as rich text."""
    points = [value for value in values if local(value.tag) == "pt"]
    text = " ".join("".join(map(str, point.itertext())) for point in points)
    owner = name.getparent()
    name.remove(element)
    if owner is not None and owner.tag == full("c:ser"):
        etree.SubElement(name, full("c:v")).text = text
    else:
        _write_rich(name, text)


def _write_rich(name: etree._Element, text: str) -> None:
    rich = etree.SubElement(name, full("c:rich"))
    etree.SubElement(rich, full("a:bodyPr"))
    run = etree.SubElement(etree.SubElement(rich, full("a:p")), full("a:r"))
    etree.SubElement(run, full("a:t")).text = text


_OF_KIND = {"chart": _keep_results, "diagramData": _name_drawing, "theme": _name_fonts}

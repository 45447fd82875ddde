"""DOCX: a part before it is copied. What a reader does not see is removed and told."""

from lxml import etree

from ...results import FindingKind, NotCleanable, Reason
from ...xml_tree import local, remove, unwrap
from . import drawing
from .fields import keep_results
from .names import NAMESPACES, full, is_style
from .package import Page

_DELETED = {"del", "moveFrom"}
_INSERTED = {"ins", "moveTo"}
_CHANGES = [
    full(f"w:{name}")
    for name in (
        *("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge", "rPrChange"),
        *("pPrChange", "sectPrChange", "tblPrChange", "tblPrExChange", "trPrChange", "tcPrChange"),
        *("tblGridChange", "numberingChange"),
    )
]
_WRAPPERS = {"sdt", "sdtContent", "smartTag", "customXml", "hyperlink"}
_OFF = ("0", "false", "off")
_TINY = 4  # half points
_NEW_STYLE = "Style {}"


def prepare(page: Page) -> None:
    drawing.prepare(page)
    for element in list(page.root.iter(full("w:altChunk"), full("w:subDoc"))):
        page.package.refused = Reason.FORMAT
        page.told.element(element)
    for element in list(page.root.iter(*_CHANGES)):
        _accept_change(page, element, local(element.tag))
    keep_results(page)
    for element in list(page.root.iter(*(full(f"w:{name}") for name in _WRAPPERS))):
        _unwrap(page, element)
    _show_objects(page)
    _name_styles(page)
    _remove_invisible(page)


def _show_objects(page: Page) -> None:
    """Keep the pictures that show embedded objects."""
    for element in list(page.root.iter(full("w:object"))):
        element.tag = full("w:pict")
        for shape in element.findall(full("v:shape")):
            shape.set("stroked", "f")


def _accept_change(page: Page, element: etree._Element, name: str) -> None:
    """Accept one change: deleted text goes, inserted text stays."""
    if name == "cellDel":  # the other cells of the row would have to move
        raise NotCleanable(Reason.CHANGES)
    if name in _DELETED | _INSERTED or name.endswith("Change"):
        values = (element.get(full("w:date")), element.get(full("w:author")))
        words = " ".join(value for value in values if value)
        page.told.word("changes", words, FindingKind.REVISIONS)
    if name in _DELETED:
        gone = _deleted(element)
        page.told.element(gone, FindingKind.REVISIONS)
        remove(gone)
    elif name in _INSERTED:
        unwrap(element)


def _deleted(element: etree._Element) -> etree._Element:
    """The element that a deletion removes: of the mark in its properties, the row."""
    parent = element.getparent()
    if parent is not None and parent.tag == full("w:trPr"):
        row = parent.getparent()
        return parent if row is None else row
    return element


def _unwrap(page: Page, element: etree._Element) -> None:
    """Replace a control, tag or link by what is in it."""
    for name, value in element.attrib.items():
        if not str(name).startswith(f"{{{NAMESPACES['r']}}}"):
            page.told.word(local(name), str(value))
    relation = page.relations.get(element.get(full("r:id")) or "")
    if relation:
        page.told.word("Target", relation.target, FindingKind.LINK)
    for child in list(element):
        if local(child.tag) in ("sdtPr", "sdtEndPr", "smartTagPr", "customXmlPr"):
            page.told.element(child)
            element.remove(child)
    unwrap(element)


def _name_styles(page: Page) -> None:
    """New names for styles that somebody made."""
    for name in page.root.iter(full("w:name")):
        parent = name.getparent()
        value = name.get(full("w:val")) or ""
        if parent is None or parent.tag != full("w:style"):
            continue
        if not is_style(value):
            page.told.word("style", value, FindingKind.TITLE)
            aliases = page.package.aliases
            number = sum(1 for alias in aliases if alias.startswith("style name/")) + 1
            new = aliases.setdefault(f"style name/{value}", _NEW_STYLE.format(number))
            name.set(full("w:val"), new)


def _remove_invisible(page: Page) -> None:
    """Remove hidden text and rows; tell what is white or tiny."""
    for mark in list(page.root.iterfind(f".//{full('w:trPr')}/{full('w:hidden')}")):
        row = next(mark.iterancestors(full("w:tr")), None)
        if row is not None and mark.get(full("w:val")) not in _OFF:
            page.told.element(row, FindingKind.HIDDEN)
            remove(row)
    hidden = _hidden_styles(page)
    for run in list(page.root.iter(full("w:r"))):
        own = run.find(full("w:rPr"))
        if _is_hidden(run, own, hidden):
            page.told.element(run, FindingKind.HIDDEN)
            remove(run)
        elif own is not None and (_is_white(run, own) or _is_tiny(own)):
            page.told.remains(FindingKind.HIDDEN, "".join(map(str, run.itertext())))


def _is_hidden(run: etree._Element, own: etree._Element | None, styles: set[str | None]) -> bool:
    vanish = None if own is None else own.find(full("w:vanish"))
    if vanish is not None:
        return vanish.get(full("w:val")) not in _OFF
    paragraph = run.getparent()
    around = None if paragraph is None else paragraph.find(full("w:pPr"))
    places = ((own, "w:rStyle"), (around, "w:pStyle"))
    named = (place.find(full(name)) for place, name in places if place is not None)
    return any(style.get(full("w:val")) in styles for style in named if style is not None)


def _hidden_styles(page: Page) -> set[str | None]:
    """The ids of styles whose text is hidden, by themselves or by what they are based on."""
    hidden: set[str | None] = set()
    part = page.package.related("styles")
    each_style = () if part is None else part.iter(full("w:style"))
    styles = {style.get(full("w:styleId")): style for style in each_style}
    for _ in styles:
        found = {id_ for id_, style in styles.items() if _hides(style, hidden)}
        if found == hidden:
            break
        hidden = found
    return hidden


def _hides(style: etree._Element, hidden: set[str | None]) -> bool:
    vanish = style.find(f"{full('w:rPr')}/{full('w:vanish')}")
    if vanish is not None:
        return vanish.get(full("w:val")) not in _OFF
    base = style.find(full("w:basedOn"))
    return base is not None and base.get(full("w:val")) in hidden


def _is_white(run: etree._Element, own: etree._Element) -> bool:
    """Whether text is white and nothing around it is shaded."""
    colour = own.find(full("w:color"))
    if colour is None or (colour.get(full("w:val")) or "").upper() != "FFFFFF":
        return False
    around = [run, *run.iterancestors()]
    shades = (each.find(f"{{*}}{name}/{full('w:shd')}") for each in around for name in _PROPERTIES)
    return not any(shade is not None for shade in shades)


_PROPERTIES = ("rPr", "pPr", "tcPr", "tblPr")


def _is_tiny(own: etree._Element) -> bool:
    size = own.find(full("w:sz"))
    value = "" if size is None else size.get(full("w:val")) or ""
    return value.isdecimal() and int(value) <= _TINY

"""DOCX: a part before it is copied. What a reader does not see is removed and told."""

from lxml import etree

from ....results import FindingKind, NotCleanable, Reason
from ....xml_tree import local, remove, unwrap
from .. import drawing
from ..names import NAMESPACES, full, is_style
from ..package import Page
from .fields import keep_results
from .headers import remove_unshown
from .invisible import remove_invisible

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
_NEW_STYLE = "Style {}"


def prepare(page: Page) -> None:
    drawing.prepare(page)
    for element in list(page.root.iter(full("w:altChunk"), full("w:subDoc"))):
        page.package.refused = Reason.FORMAT
        page.told.element(element)
    for element in list(page.root.iter(*_CHANGES)):
        _accept_change(page, element, local(element.tag))
    keep_results(page)
    remove_unshown(page)
    for element in list(page.root.iter(*(full(f"w:{name}") for name in _WRAPPERS))):
        _unwrap(page, element)
    _show_objects(page)
    _name_styles(page)
    remove_invisible(page)


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

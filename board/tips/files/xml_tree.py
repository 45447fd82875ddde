"""XML trees of documents: parse hostile XML safely, change it, read its text."""

from typing import Any

from lxml import etree


class Damaged(Exception):
    """A part has another structure than it must have."""


_PARSER_OPTIONS: dict[str, Any] = {
    "resolve_entities": False,
    "no_network": True,
    "load_dtd": False,
    "huge_tree": False,
}


def parse(data: bytes, *, comments: bool = False) -> etree._Element:
    """The root of an XML part, with or without `comments` and processing instructions.

    Nothing is fetched or expanded: a document type raises Damaged.
    """
    removed = {"remove_comments": not comments, "remove_pis": not comments}
    root = etree.fromstring(data, etree.XMLParser(**_PARSER_OPTIONS | removed))
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise Damaged("document type")
    return root


def serialise(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)


def local(name: object) -> str:
    """The name of an element or attribute without its namespace."""
    return str(name).rpartition("}")[2]


def remove(element: etree._Element) -> None:
    """Remove an element, but not the text after it."""
    parent = element.getparent()
    if parent is None:
        return
    _insert_text(parent, element, element.tail)
    element.tail = None
    parent.remove(element)


def unwrap(element: etree._Element) -> None:
    """Replace an element by its content."""
    parent = element.getparent()
    if parent is None:
        return
    _insert_text(parent, element, element.text)
    at = parent.index(element)
    children = list(element)
    tail, element.tail = element.tail, None
    parent.remove(element)
    parent[at:at] = children
    if children:
        children[-1].tail = (children[-1].tail or "") + (tail or "") or None
    else:
        before = parent[at - 1] if at else None
        _append_text(parent, before, tail)


def _insert_text(parent: etree._Element, element: etree._Element, text: str | None) -> None:
    _append_text(parent, element.getprevious(), text)


def _append_text(parent: etree._Element, before: etree._Element | None, text: str | None) -> None:
    if not text:
        return
    if before is None:
        parent.text = (parent.text or "") + text
    else:
        before.tail = (before.tail or "") + text


def text_of(root: etree._Element, paragraphs: set[str]) -> str:
    """The text of a part, one line for each element named in `paragraphs`."""
    lines = []
    for element in root.iter():
        if local(element.tag) in paragraphs:
            lines.append("".join(str(piece) for piece in element.itertext()))
    return "\n".join(lines)

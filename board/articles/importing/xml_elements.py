"""Access to XML elements by the usual prefixes, which a feed may define differently."""

from collections.abc import Iterator
from functools import lru_cache
from html import escape

from lxml import etree

from board.articles.addresses import join_base, join_url

Element = etree._Element  # lxml gives its element class no public name

_PREFIXES = {
    "http://www.w3.org/2005/Atom": "atom:",
    "http://purl.org/rss/1.0/modules/content/": "content:",
    "http://purl.org/dc/elements/1.1/": "dc:",
    "http://purl.org/dc/terms/": "dcterms:",
    "http://search.yahoo.com/mrss/": "media:",
    "http://search.yahoo.com/mrss": "media:",
    "http://backend.userland.com/rss2": "",
    "http://purl.org/rss/1.0/": "",
    "http://my.netscape.com/rdf/simple/0.9/": "",
    "http://channel.netscape.com/rdf/simple/0.9/": "",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf:",
}
_NAMESPACES = {prefix: space for space, prefix in _PREFIXES.items() if prefix}


def name(element: Element) -> str:
    """`title`, `content:encoded`, `atom:link`."""
    return _name(str(element.tag))


@lru_cache(maxsize=1000)
def _name(tag: str) -> str:
    qualified = etree.QName(tag)
    space = qualified.namespace
    return ("" if space is None else _PREFIXES.get(space, "?:")) + qualified.localname


def namespace_of(prefix: str) -> str:
    """The namespace that a prefix usually means, for feeds that do not declare it."""
    return _NAMESPACES.get(f"{prefix}:", f"urn:x-undeclared:{prefix}")


def children(element: Element, *names: str) -> Iterator[Element]:
    """Children with these names, in the order of the names."""
    for wanted in names:
        yield from (child for child in element if name(child) == wanted)


def text(element: Element, *names: str) -> str:
    """Text of the first child with one of these names that has any, or ""."""
    return next(filter(None, (inner(child).strip() for child in children(element, *names))), "")


def inner(element: Element) -> str:
    """The content of an element; as HTML if it has elements, so that no text is lost."""
    if not len(element):
        return element.text or ""
    for child in element.iterdescendants():
        child.tag = etree.QName(child).localname
    inside = b"".join(etree.tostring(child, encoding="utf-8", method="html") for child in element)
    return escape(element.text or "", quote=False) + inside.decode()


def child_of(element: Element, name: str) -> Element:
    """The first child with this name, or a new element."""
    return next(children(element, name), etree.Element(name))


def absolute(url: str, element: Element, home: str) -> str:
    """The URL resolved against `xml:base`, or else against the home page of the feed."""
    base = join_base(home, element.base or "")
    return join_url(base, url.strip()) if url.strip() else ""

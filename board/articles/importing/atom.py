"""Atom entries (RFC 4287)."""

from html import escape

from board.articles.html.paragraphs import to_paragraphs
from board.articles.html.sanitizer import plain_text
from board.articles.importing.items import RawItem
from board.articles.importing.xml_elements import Element, absolute, children, inner, text


def parse_entry(entry: Element, feed: Element) -> RawItem:
    home = _link(feed, "alternate")
    content, summary = _construct(entry, "atom:content"), _construct(entry, "atom:summary")
    published, updated = text(entry, "atom:published"), text(entry, "atom:updated")
    return RawItem(
        url=absolute(_link(entry, "alternate") or text(entry, "atom:id"), entry, home),
        title=_title(entry),
        section=_section(entry),
        byline=_byline(entry) or _byline(feed),
        summary=plain_text(summary) if content else "",
        html=content or summary,
        base=_base(entry),
        image=absolute(_link(entry, "enclosure", kind="image/"), entry, home),
        published=published or updated,
        edited=updated if published else "",
        guid=text(entry, "atom:id"),
    )


def _link(element: Element, rel: str, *, kind: str = "") -> str:
    for link in children(element, "atom:link"):
        if link.get("rel", "alternate") == rel and link.get("type", kind).startswith(kind):
            return link.get("href", "")
    return ""


def _construct(entry: Element, name: str) -> str:
    """A text construct as HTML. "" for content that is not text or not in the feed."""
    for element in children(entry, name):
        kind = element.get("type", "text").lower()
        if kind in ("html", "text/html", "xhtml", "application/xhtml+xml"):
            return inner(element).strip()
        if kind in ("text", "text/plain"):
            return to_paragraphs(escape(inner(element).strip()))
    return ""


def _title(entry: Element) -> str:
    for element in children(entry, "atom:title"):
        return plain_text(inner(element), limit=1000) if len(element) else element.text or ""
    return ""


def _section(entry: Element) -> str:
    for category in children(entry, "atom:category"):
        return category.get("label") or category.get("term") or ""
    return ""


def _byline(element: Element) -> str:
    return ", ".join(
        filter(None, (text(author, "atom:name") for author in children(element, "atom:author")))
    )


def _base(entry: Element) -> str | None:
    return next((content.base for content in children(entry, "atom:content")), None) or None

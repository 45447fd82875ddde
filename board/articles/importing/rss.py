"""RSS items, with the modules Korean newsrooms use: content, dc, dcterms, media."""

from board.articles.html.sanitizer import plain_text
from board.articles.importing.items import RawItem
from board.articles.importing.xml_elements import Element, absolute, children, text

_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"  # the address of an RSS 1.0 item
_IMAGES = ("media:content", "enclosure", "media:thumbnail")


def parse_item(item: Element, channel: Element) -> RawItem:
    home = text(channel, "link")
    body, description = text(item, "content:encoded"), text(item, "description")
    image, image_alt = _image(item)
    return RawItem(
        url=absolute(_url(item), item, home),
        title=text(item, "title", "media:title"),
        section=text(item, "category", "dc:subject"),
        byline=", ".join(
            author for child in _authors(item) if (author := (child.text or "").strip())
        ),
        summary=plain_text(description) if body else "",
        html=body or description,
        base=item.base or None,
        image=absolute(image, item, home),
        image_alt=image_alt,
        published=text(item, "pubDate", "dc:date", "dcterms:created"),
        edited=text(item, "dcterms:modified", "atom:updated"),
        guid=text(item, "guid") or item.get(_ABOUT, ""),
    )


def _url(item: Element) -> str:
    if link := text(item, "link"):
        return link
    for link_element in children(item, "atom:link"):
        if link_element.get("rel", "alternate") == "alternate":
            return link_element.get("href", "")
    guid = next(children(item, "guid"), None)
    if guid is None:
        return item.get(_ABOUT, "")
    return "" if guid.get("isPermaLink", "true").strip() == "false" else guid.text or ""


def _authors(item: Element) -> list[Element]:
    return list(children(item, "dc:creator")) or list(children(item, "author"))


def _image(item: Element) -> tuple[str, str]:
    """URL and description of the first image, also inside a media:group."""
    for holder in (item, *children(item, "media:group")):
        for element in children(holder, *_IMAGES):
            kind = element.get("type") or element.get("medium") or "image"
            if kind.startswith("image") and element.get("url"):
                description = text(element, "media:description", "media:title")
                return element.get("url", ""), description or text(holder, "media:description")
    return "", ""

"""RSS 0.9 to 2.0 and Atom, item by item, with entities, network and DOCTYPE off."""

import html
import re
from collections.abc import Callable, Iterator
from contextlib import suppress

from lxml import etree

from board.articles.importing import atom, rss
from board.articles.importing.items import BrokenFeed, RawItem
from board.articles.importing.xml_elements import Element, child_of, namespace_of
from board.articles.importing.xml_items import Buffer, Part, Root, find_root, read_parts

_PARSERS: dict[str, Callable[[Element, Element], RawItem]] = {
    "rss": rss.parse_item,
    "RDF": rss.parse_item,
    "feed": atom.parse_entry,
}
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.S)
_DECLARATION = re.compile(r"<!(?:DOCTYPE|ENTITY)\b", re.I)
_PREFIX = re.compile(r"</?([^\W\d][\w.-]*):|\s([^\W\d][\w.-]*):[\w.-]+\s*=")
_DECLARED = re.compile(r"\sxmlns:([\w.-]+)\s*=")
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"&(?:(#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);)?")
_XML_ENTITIES = {"lt", "gt", "amp", "quot", "apos"}


def is_feed(start: str) -> bool:
    """Whether a text that does not begin with markup may be a feed all the same."""
    with suppress(BrokenFeed):
        return bool(find_root(start))
    return False


def read_items(start: str, rest: Iterator[str]) -> Iterator[RawItem]:
    """One RawItem for each item. Raises BrokenFeed."""
    root, end = find_root(start)
    parts = read_parts(root, Buffer(start[end:], rest, line=1 + start[:end].count("\n")))
    feed = _parse_head(root, next(parts))
    for part in parts:
        raw_item = _parse_item(root, part, feed) if part.has_end else RawItem(error="it has no end")
        raw_item.line = part.line
        yield raw_item


def _parse_head(root: Root, head: Part) -> Element:
    """The element that holds the home page and the author of the feed, as far as it is readable."""
    text = repair(head.text)
    if _DECLARATION.search(_CDATA.sub("", text)):
        raise BrokenFeed("it has a DOCTYPE, and is not safe to read")
    parsed = _parse(f"{_open_tag(root, text)}{text}</{root.name}>", recover=True)
    if parsed is None:
        raise BrokenFeed("its head is not XML")
    return child_of(parsed, "channel") if root.local_name != "feed" else parsed


def _parse_item(root: Root, part: Part, feed: Element) -> RawItem:
    text = repair(part.text)
    try:
        parsed = _parse(f"{_open_tag(root, text)}{text}</{root.name}>")
    except etree.XMLSyntaxError as error:
        return RawItem(error=f"it is not well-formed XML ({error.msg})")
    assert parsed is not None  # noqa: S101 - only a recovering parser returns None
    item = parsed[0]
    return _PARSERS[root.local_name](item, feed)


def _open_tag(root: Root, text: str) -> str:
    """The start tag of the root, with each prefix of `text` that nobody declared."""
    tag = repair(root.tag)
    used = {prefix for pair in _PREFIX.findall(tag + text) for prefix in pair if prefix}
    missing = sorted(used - {"xml", "xmlns", *_DECLARED.findall(tag + text)})
    return (
        tag[:-1] + "".join(f' xmlns:{prefix}="{namespace_of(prefix)}"' for prefix in missing) + ">"
    )


def _parse(text: str, *, recover: bool = False) -> Element | None:
    """Raises XMLSyntaxError."""
    parser = etree.XMLParser(
        encoding="utf-8",  # not as declared, since the file is already decoded
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=recover,
    )
    return etree.fromstring(text.encode(), parser)


def repair(text: str) -> str:
    """Drops characters that XML forbids; outside CDATA, replaces HTML entities XML does not know,
    and escapes a lone &.
    """
    pieces = _CDATA.split(_FORBIDDEN.sub("", text))
    outside = [_ENTITY.sub(_replace_entity, piece) for piece in pieces[::2]]
    pieces[::2] = outside
    return "".join(pieces)


def _replace_entity(entity: re.Match[str]) -> str:
    """&nbsp; becomes its character, &#11; nothing, a lone & is escaped, and &lt; stays."""
    name = entity[1]
    if name is None:
        return "&amp;"
    if name in _XML_ENTITIES:
        return entity[0]
    character = html.unescape(entity[0])
    if name.startswith("#"):
        return entity[0] if character not in ("", "\ufffd") else ""
    if character == entity[0]:
        return f"&amp;{name};"
    return entity[0] if re.search("[<>&'\"]", character) else character

"""RSS 2.0 and Atom, streamed, with entities, network and DOCTYPE off."""

import html
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import NamedTuple, cast

from lxml import etree

from board.articles.importing import atom, rss
from board.articles.importing.items import ITEM_MAX, BrokenFeed, RawItem
from board.articles.importing.xml_elements import Element, name


class FeedFormat(NamedTuple):
    item: str
    parse: Callable[[Element], RawItem]


FORMATS = {
    "rss": FeedFormat("item", rss.parse_item),
    "atom:feed": FeedFormat("atom:entry", atom.parse_entry),
}
_PROLOG = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*+", re.S)
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"&(#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
_ENTITY_MAX = 40
_XML_ENTITIES = {"lt", "gt", "amp", "quot", "apos"}


def read_items(start: str, rest: Iterator[str]) -> Iterator[RawItem]:
    """One RawItem for each item. Raises BrokenFeed."""
    _refuse_doctype(start)
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",  # not as declared, since the file is already decoded
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        yield from _walk(parser, _repair(chain([start], rest)))
    except etree.XMLSyntaxError as error:
        raise BrokenFeed(f"it is not well-formed XML ({error.msg})") from error


def _refuse_doctype(start: str) -> None:
    """Feeds need no DOCTYPE, and every attack through XML does."""
    prolog = _PROLOG.match(start)
    if prolog and start[prolog.end() :].upper().startswith("<!DOCTYPE"):
        raise BrokenFeed("it has a DOCTYPE: it is a web page, or a feed that is not safe to read")
    if not prolog or not re.match(r"<[^!?]", start[prolog.end() :]):
        raise BrokenFeed("it does not begin as a feed does")


def _walk(parser: "etree.XMLPullParser", chunks: Iterable[str]) -> Iterator[RawItem]:
    feed_format, length = None, 0
    for chunk in chunks:
        parser.feed(chunk.encode())
        length += len(chunk)
        for event, element in cast(Iterator[tuple[str, Element]], parser.read_events()):
            if feed_format is None:
                feed_format = _feed_format(element)
            elif event == "end" and name(element) == feed_format.item and _is_top_level(element):
                yield feed_format.parse(element)
                _free_memory(element)
                length = 0
        if length > ITEM_MAX:
            raise BrokenFeed(f"one item is longer than {ITEM_MAX:,} characters")
    parser.close()


def _feed_format(root: Element) -> FeedFormat:
    if name(root) not in FORMATS:
        raise BrokenFeed(f"it is not RSS 2.0 or Atom: its outermost element is <{name(root)}>")
    return FORMATS[name(root)]


def _is_top_level(item: Element) -> bool:
    """False for an element of the same name inside another item."""
    parent = item.getparent()
    return parent is not None and name(parent) in ("channel", "rss", "atom:feed")


def _free_memory(item: Element) -> None:
    """Delete everything before this item, which stays as an empty marker for the next call."""
    item.clear()
    parent = item.getparent()
    previous = item.getprevious()
    while parent is not None and previous is not None and name(previous) != name(item):
        previous = previous.getprevious()
    if parent is not None and previous is not None:
        del parent[parent.index(previous) : parent.index(item)]


def _repair(chunks: Iterable[str]) -> Iterator[str]:
    """Drops characters that XML forbids, and replaces HTML entities XML does not know."""
    rest = ""
    for chunk in chunks:
        text = rest + chunk
        cut = text.rfind("&", max(0, len(text) - _ENTITY_MAX))
        cut = len(text) if cut < 0 or ";" in text[cut:] else cut  # may continue in the next chunk
        text, rest = text[:cut], text[cut:]
        yield _ENTITY.sub(_replace_entity, _FORBIDDEN.sub("", text))
    yield rest


def _replace_entity(entity: re.Match[str]) -> str:
    """&nbsp; becomes its character, &#11; nothing, and &lt; stays."""
    if entity[1] in _XML_ENTITIES:
        return entity[0]
    character = html.unescape(entity[0])
    if entity[1].startswith("#"):
        return entity[0] if character not in ("", "\ufffd") else ""
    if character == entity[0]:
        return f"&amp;{entity[1]};"
    return entity[0] if re.search("[<>&'\"]", character) else character

"""RSS 2.0 and Atom, read as a stream with entities, network and DOCTYPE off."""

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
    draft: Callable[[Element], RawItem]


FORMATS = {"rss": FeedFormat("item", rss.parse_item), "atom:feed": FeedFormat("atom:entry", atom.parse_entry)}
_PROLOG = re.compile(r"(?:\s|<\?.*?\?>|<!--.*?-->)*+", re.S)
_FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"&(#\d+|#[xX][0-9a-fA-F]+|[A-Za-z][A-Za-z0-9]*);")
_ENTITY_MAX = 40
_OF_XML = {"lt", "gt", "amp", "quot", "apos"}


def read_items(start: str, rest: Iterator[str]) -> Iterator[RawItem]:
    """One draft for each item. Raises BrokenFeed."""
    _refuse_doctype(start)
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",  # whatever the declaration says: we decoded the file
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        yield from _walk(parser, _mended(chain([start], rest)))
    except etree.XMLSyntaxError as error:
        raise BrokenFeed(f"it is not well-formed XML ({error.msg})") from error


def _refuse_doctype(start: str) -> None:
    """Feeds never need one, and everything dangerous in XML does."""
    prolog = _PROLOG.match(start)
    if prolog and start[prolog.end() :].upper().startswith("<!DOCTYPE"):
        raise BrokenFeed("it has a DOCTYPE: it is a web page, or a feed that is not safe to read")
    if not prolog or not re.match(r"<[^!?]", start[prolog.end() :]):
        raise BrokenFeed("it does not begin as a feed does")


def _walk(parser: "etree.XMLPullParser", chunks: Iterable[str]) -> Iterator[RawItem]:
    kind, length = None, 0
    for chunk in chunks:
        parser.feed(chunk.encode())
        length += len(chunk)
        for event, element in cast(Iterator[tuple[str, Element]], parser.read_events()):
            if kind is None:
                kind = _kind(element)
            elif event == "end" and name(element) == kind.item and _is_top(element):
                yield kind.draft(element)
                _forget(element)
                length = 0
        if length > ITEM_MAX:
            raise BrokenFeed(f"one item is longer than {ITEM_MAX:,} characters")
    parser.close()


def _kind(root: Element) -> FeedFormat:
    if name(root) not in FORMATS:
        raise BrokenFeed(f"it is not RSS 2.0 or Atom: its outermost element is <{name(root)}>")
    return FORMATS[name(root)]


def _is_top(item: Element) -> bool:
    """Of the feed, not a thing of the same name inside another item."""
    parent = item.getparent()
    return parent is not None and name(parent) in ("channel", "rss", "atom:feed")


def _forget(item: Element) -> None:
    """Keep memory level: drop what was read since the item before, which stays as an empty mark."""
    item.clear()
    parent = item.getparent()
    earlier = item.getprevious()
    while parent is not None and earlier is not None and name(earlier) != name(item):
        earlier = earlier.getprevious()
    if parent is not None and earlier is not None:
        del parent[parent.index(earlier) : parent.index(item)]


def _mended(chunks: Iterable[str]) -> Iterator[str]:
    """Without characters that XML forbids, and with the entities it does not know spelled out."""
    tail = ""
    for chunk in chunks:
        text = tail + chunk
        cut = text.rfind("&", max(0, len(text) - _ENTITY_MAX))
        cut = len(text) if cut < 0 or ";" in text[cut:] else cut  # it may go on in the next chunk
        text, tail = text[:cut], text[cut:]
        yield _ENTITY.sub(_spelled, _FORBIDDEN.sub("", text))
    yield tail


def _spelled(entity: re.Match[str]) -> str:
    """&nbsp; as its character, &#11; as nothing, &lt; as it is."""
    if entity[1] in _OF_XML:
        return entity[0]
    character = html.unescape(entity[0])
    if entity[1].startswith("#"):
        return entity[0] if character not in ("", "\ufffd") else ""
    if character == entity[0]:
        return f"&amp;{entity[1]};"
    return entity[0] if re.search("[<>&'\"]", character) else character

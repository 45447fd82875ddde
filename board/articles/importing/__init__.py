"""Parsers for articles: our JSON, RSS 2.0 and Atom. Uses neither the database nor Flask.

Files are streamed, so their size does not matter. A bad item becomes a RejectedItem and affects no
other; a document that is broken anywhere raises BrokenFeed.
"""

from collections.abc import Iterator
from pathlib import Path

from board.articles.importing import json_feed, xml_feed
from board.articles.importing.charset import decode_chunks
from board.articles.importing.items import BrokenFeed, Item, RejectedItem, validate_item

__all__ = ["BrokenFeed", "Item", "RejectedItem", "count_items", "read_items"]


def read_items(path: Path) -> Iterator[Item | RejectedItem]:
    """The items of a file in its order. Raises BrokenFeed, possibly after some items."""
    chunks = decode_chunks(path)
    start = next(chunks, "")
    if start.startswith(("{", "[")):
        raw_items = json_feed.read_items(start, chunks)
    elif start.startswith("<"):
        raw_items = xml_feed.read_items(start, chunks)
    else:
        raise BrokenFeed("it is neither JSON nor XML" if start else "it is empty")
    for number, raw_item in enumerate(raw_items, start=1):
        yield validate_item(number, raw_item)


def count_items(path: Path) -> int:
    """Number of items, valid or not. Raises BrokenFeed if the file is broken anywhere."""
    return sum(1 for _ in read_items(path))

"""Reading articles from files: our JSON, RSS 2.0 and Atom. No database, nothing of the web.

A file is read as a stream, so its size does not matter. One bad item is a Refusal and loses nothing
else; a document that is broken anywhere is a BrokenFeed.
"""

from collections.abc import Iterator
from pathlib import Path

from board.articles.importing import json_feed, xml_feed
from board.articles.importing.charset import decode_chunks
from board.articles.importing.items import BrokenFeed, Item, RejectedItem, validate_item

__all__ = ["BrokenFeed", "Item", "RejectedItem", "read_items", "count_items"]


def read_items(path: Path) -> Iterator[Item | RejectedItem]:
    """The articles of this file, in its order. Raises BrokenFeed, perhaps after some of them."""
    chunks = decode_chunks(path)
    start = next(chunks, "")
    if start.startswith(("{", "[")):
        drafts = json_feed.read_items(start, chunks)
    elif start.startswith("<"):
        drafts = xml_feed.read_items(start, chunks)
    else:
        raise BrokenFeed("it is neither JSON nor XML" if start else "it is empty")
    for number, draft in enumerate(drafts, start=1):
        yield validate_item(number, draft)


def count_items(path: Path) -> int:
    """How many items, good or bad, the file holds. Raises BrokenFeed unless it is whole."""
    return sum(1 for _ in read_items(path))

"""Parsers for articles: RSS, Atom, JSON Feed and our JSON. Uses neither the database nor Flask.

Files are streamed, so their size does not matter. A bad item becomes a RejectedItem and affects no
other; a document without an end, or that is no feed, raises BrokenFeed.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from board.articles.importing import json_items, xml_feed
from board.articles.importing.charset import decode_chunks
from board.articles.importing.items import BrokenFeed, Item, RejectedItem, validate_item

# The start of JSON, which may stand after a warning of PHP, or in the call of a function.
_JSON = re.compile(
    r"""^[\[{](?=\s*(?:["{\[\]}]|null|true|false|\d+\s*[,\]]|$))|\{(?=\s*"[^"\n]*"\s*:)|\[(?=\s*\{\s*")"""
)

__all__ = ["BrokenFeed", "Item", "RejectedItem", "Survey", "read_items", "survey_items"]


def read_items(path: Path) -> Iterator[Item | RejectedItem]:
    """The items of a file in its order. Raises BrokenFeed, possibly after some items."""
    chunks = decode_chunks(path)
    start = next(chunks, "")
    json = _JSON.search(start)
    if (json and json.start() == 0) or (json and not xml_feed.is_feed(start)):
        raw_items = json_items.read_items(start[json.start() :], chunks)
    elif start.startswith("<") or xml_feed.is_feed(start):
        raw_items = xml_feed.read_items(start, chunks)
    else:
        raise BrokenFeed("it is neither JSON nor XML" if start else "it is empty")
    for number, raw_item in enumerate(raw_items, start=1):
        yield validate_item(number, raw_item)


class Survey(NamedTuple):
    """Number of items, valid or not, and hashes of identifiers that several of them have."""

    total: int
    repeated_guids: set[int]


def survey_items(path: Path) -> Survey:
    """Read the file to its end. Raises BrokenFeed if its end is missing or it is no feed."""
    total, seen, repeated = 0, set[int](), set[int]()
    for item in read_items(path):
        total += 1
        if isinstance(item, Item) and item.guid:
            (repeated if hash(item.guid) in seen else seen).add(hash(item.guid))
    return Survey(total, repeated)

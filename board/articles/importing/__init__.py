"""Reading articles from files: our JSON, RSS 2.0 and Atom. No database, nothing of the web.

A file is read as a stream, so its size does not matter. One bad item is a Refusal and loses nothing
else; a document that is broken anywhere is a BrokenFeed.
"""

from collections.abc import Iterator
from pathlib import Path

from board.articles.importing import json_feed, xml_feed
from board.articles.importing.charset import decoded
from board.articles.importing.items import BrokenFeed, Item, Refusal, judged

__all__ = ["BrokenFeed", "Item", "Refusal", "read", "survey"]


def read(path: Path) -> Iterator[Item | Refusal]:
    """The articles of this file, in its order. Raises BrokenFeed, perhaps after some of them."""
    chunks = decoded(path)
    start = next(chunks, "")
    if start.startswith(("{", "[")):
        drafts = json_feed.drafts(start, chunks)
    elif start.startswith("<"):
        drafts = xml_feed.drafts(start, chunks)
    else:
        raise BrokenFeed("it is neither JSON nor XML" if start else "it is empty")
    for number, draft in enumerate(drafts, start=1):
        yield judged(number, draft)


def survey(path: Path) -> int:
    """How many items, good or bad, the file holds. Raises BrokenFeed unless it is whole."""
    return sum(1 for _ in read(path))

"""Splits the text of an XML feed into its head and its items.

Each item is parsed by itself later, so that a mistake in one harms no other.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from board.articles.importing.items import ITEM_MAX, BrokenFeed

_ROOT = re.compile(r"""<((?:[\w.-]+:)?(?:rss|feed|RDF))(?=[\s/>])(?:[^<>"']|"[^"]*"|'[^']*')*+>""")
_FIRST_TAG = re.compile(r"<([A-Za-z][\w:.-]*)")
_DOCTYPE = re.compile(r"<!DOCTYPE\b", re.I)
_HARMLESS_DOCTYPE = re.compile(r"<!DOCTYPE\s+(?:rss|rdf:RDF)\b[^<>\[\]]*>", re.I)
# May contain the tag of an item as text. \Z: its end has not been read yet.
_OPAQUE = r"<!--.*?(?:-->|\Z)|<!\[CDATA\[.*?(?:\]\]>|\Z)"
_ITEMS = {"rss": "item", "RDF": "item", "feed": "entry"}


class Root(NamedTuple):
    """The outermost element of a feed: its name as written, and its start tag."""

    name: str
    tag: str

    @property
    def local_name(self) -> str:
        """rss, feed or RDF."""
        return self.name.rpartition(":")[2]

    @property
    def item_tag(self) -> re.Pattern[str]:
        """Start and end tags of items (group `tag`), and markup that may contain them as text."""
        prefix = self.name.removesuffix("feed") if self.local_name == "feed" else ""
        name = re.escape(prefix + _ITEMS[self.local_name])
        return re.compile(rf"{_OPAQUE}|(?P<tag></?{name}(?=[\s/>])[^>]*>)", re.S)


class Part(NamedTuple):
    """The head of a feed or one of its items, and the line of the file where it begins."""

    text: str
    line: int
    has_end: bool = True  # False: the next item begins before this one has ended


def find_root(start: str) -> tuple[Root, int]:
    """The outermost element and where it ends. Text before it is skipped: servers print warnings.

    Raises BrokenFeed if the text is no feed, or has a DOCTYPE: every attack through XML needs one.
    """
    match = _ROOT.search(start)
    before = start[: match.start()] if match else start
    if _DOCTYPE.search(_HARMLESS_DOCTYPE.sub("", before)):
        raise BrokenFeed("it has a DOCTYPE: it is a web page, or a feed that is not safe to read")
    if match is None:
        first = _FIRST_TAG.search(start)
        name = f"its outermost element is <{first[1]}>" if first else "it has no element"
        raise BrokenFeed(f"it is not RSS or Atom: {name}")
    return Root(match[1], match[0]), match.end()


class Buffer:
    """The text of a feed as far as it has been read and not taken yet."""

    def __init__(self, text: str, chunks: Iterator[str], *, line: int) -> None:
        self.text, self._chunks, self._line = text, chunks, line
        self._position = 0  # searched up to here

    def find_tag(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """The next match with a `tag`, reading on as needed; None at the end of the feed."""
        while True:
            match = pattern.search(self.text, self._position)
            if match and (match["tag"] or match.end() < len(self.text)):
                self._position = match.end()
                if match["tag"]:
                    return match
                continue
            if match is None:  # a tag that is not whole yet begins at the last <
                self._position = max(self._position, self.text.rfind("<"))
            if not self._read(at_least=len(self.text) - self._position):
                return None

    def take(self, length: int) -> Part:
        """Raises BrokenFeed if it is too long."""
        if length > ITEM_MAX:
            raise BrokenFeed(f"one item is longer than {ITEM_MAX:,} characters")
        part = Part(self.text[:length], self._line)
        self.text, self._position = self.text[length:], self._position - length
        self._line += part.text.count("\n")
        return part

    def _read(self, *, at_least: int) -> bool:
        """Read on, as much again as has to be searched anew. False at the end of the feed."""
        chunks, length = list[str](), 0
        while not chunks or length < at_least:
            chunk = next(self._chunks, "")
            chunks.append(chunk)
            length += len(chunk)
            if not chunk:
                break
        self.text += "".join(chunks)
        if len(self.text) > ITEM_MAX + at_least:
            raise BrokenFeed(f"one item is longer than {ITEM_MAX:,} characters")
        return length > 0


def read_parts(root: Root, buffer: Buffer) -> Iterator[Part]:
    """The head of the feed, and then its items. Raises BrokenFeed if its end is missing."""
    in_head, in_item = True, False
    while match := buffer.find_tag(root.item_tag):
        tag = match["tag"]
        is_end = tag.startswith("</")
        if not is_end:
            before = buffer.take(match.start())
            if in_head or in_item:
                yield before if in_head else before._replace(has_end=False)
            in_head, in_item = False, True
        if in_item and (is_end or tag.endswith("/>")):
            yield buffer.take(match.end() if is_end else len(tag))
            in_item = False
    if in_head:
        yield Part(buffer.text, 1)
    if in_item or f"</{root.name}" not in buffer.text:
        raise BrokenFeed("its end is missing")

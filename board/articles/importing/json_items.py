"""JSON, streamed: a JSON Feed, or one article or a list in our format (docs/articles.md)."""

from collections.abc import Callable, Iterator
from html import escape
from itertools import chain
from typing import Any

import ijson

from board.articles.html.paragraphs import to_paragraphs
from board.articles.html.sanitizer import figure
from board.articles.importing import json_feed
from board.articles.importing.items import ITEM_MAX, BrokenFeed, InvalidItem, RawItem

DEPTH_MAX = 6  # of an article; the format needs 4
_TEXT_FIELDS = {
    "url": "url", "slug": "slug", "title": "title", "section": "section", "byline": "byline",
    "summary": "summary", "image": "image", "image_alt": "image_alt",
    "published_at": "published", "edited_at": "edited",
}  # fmt: skip
_KEYS = {*_TEXT_FIELDS, "subtitles", "body", "html"}
_FIGURE = {"src", "alt", "caption", "credit"}


def read_items(start: str, rest: Iterator[str]) -> Iterator[RawItem]:
    """One RawItem for each article. Raises BrokenFeed."""
    return _Parser(chain([start], rest)).raw_items()


class _Parser:
    """Builds one article at a time from the events of ijson."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self.events = self._events(chunks)
        self.error = ""
        self.length = 0  # of source since the last article ended

    def raw_items(self) -> Iterator[RawItem]:
        if next(self.events)[0] == "start_map":
            yield from self._document()
        else:
            for article in self._items(depth=1):
                yield _raw_item(article, self.error)

    def _document(self) -> Iterator[RawItem]:
        """One article, or a JSON Feed: an object with `items`."""
        members: dict[str, Any] = {}
        is_feed = False
        while (member := next(self.events))[0] != "end_map":
            key, (event, value) = member[1], next(self.events)
            if key == "items" and event == "start_array":
                is_feed = True
                for item in self._items(depth=2):
                    raw_item = json_feed.parse_item(item, members)
                    raw_item.error = self.error or raw_item.error
                    yield raw_item
            else:
                self._add(members, key, self._value(event, value, depth=2))
        if not is_feed:
            yield _raw_item(members, self.error)

    def _items(self, depth: int) -> Iterator[Any]:
        """The elements of an array; `error` and `length` begin anew with each."""
        while (element := next(self.events))[0] != "end_array":
            self.error = ""
            item = self._value(*element, depth)
            self.length = 0
            yield item

    def _add(self, members: dict[str, Any], key: str, value: Any) -> None:
        if key in members:
            self.error = f"it has the key {key[:60]} twice"
        members[key] = value

    def _value(self, event: str, value: Any, depth: int) -> Any:
        if event not in ("start_map", "start_array"):
            return value
        if depth > DEPTH_MAX:
            return self._skip()
        return self._object(depth) if event == "start_map" else self._list(depth)

    def _object(self, depth: int) -> dict[str, Any]:
        members: dict[str, Any] = {}
        while (member := next(self.events))[0] != "end_map":
            self._add(members, member[1], self._value(*next(self.events), depth + 1))
        return members

    def _list(self, depth: int) -> list[Any]:
        elements = []
        while (element := next(self.events))[0] != "end_array":
            elements.append(self._value(*element, depth + 1))
        return elements

    def _skip(self) -> None:
        self.error = f"it is nested deeper than {DEPTH_MAX} levels"
        depth = 1
        while depth:
            event, _ = next(self.events)
            depth += event.startswith("start_") - event.startswith("end_")

    def _events(self, chunks: Iterator[str]) -> Iterator[tuple[str, Any]]:
        """Up to the end of the document. What stands after it, as a comment of a cache, is skipped
        like what stands after the root of XML.
        """
        events: Any = ijson.sendable_list()
        # use_float, because integers beyond 64 bits crash the parser without it
        parser = ijson.basic_parse_coro(events, use_float=True)
        depth, error = 0, None
        for chunk in chain(chunks, [""]):
            try:
                parser.send(chunk.encode()) if chunk else parser.close()
            except ijson.JSONError as broken:
                error = broken
            for event in events:
                depth += event[0].startswith("start_") - event[0].startswith("end_")
                yield event
                if not depth:
                    return
            events.clear()
            if error:
                raise BrokenFeed(f"it is not whole JSON ({str(error).splitlines()[0]})") from error
            self.length += len(chunk)
            if self.length > ITEM_MAX:
                raise BrokenFeed(f"one article is longer than {ITEM_MAX:,} characters")


def _raw_item(value: Any, error: str) -> RawItem:
    if not isinstance(value, dict):
        return RawItem(error=error or "it is not an object")
    raw_item = RawItem(base="", error=error)
    try:
        for key, field in _TEXT_FIELDS.items():
            setattr(raw_item, field, _text(value, key))
        _check_keys(value, _KEYS, "it")
        raw_item.subtitles = _subtitles(value.get("subtitles") or [])
        raw_item.html = _body(value)
    except InvalidItem as invalid:
        raw_item.error = error or str(invalid)
    return raw_item


def _check_keys(value: Any, keys: set[str], name: str) -> None:
    if not isinstance(value, dict):
        raise InvalidItem(f"{name} is not an object")
    if unknown := sorted(set(value) - keys):
        raise InvalidItem(f"{name} has a key that is not known: {unknown[0][:60]}")


def _text(value: dict[str, Any], key: str) -> str:
    text = value.get(key)
    if text is not None and not isinstance(text, str):
        raise InvalidItem(f"its {key} is not text")
    return text or ""


def _subtitles(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(line, str) for line in value):
        raise InvalidItem("its subtitles are not a list of texts")
    return tuple(value)


def _body(value: dict[str, Any]) -> str:
    if value.get("body") is not None and value.get("html") is not None:
        raise InvalidItem("it has both body and html")
    if not isinstance(value.get("body"), list):
        return _text(value, "html") or to_paragraphs(escape(_text(value, "body"), quote=False))
    return "\n".join(map(_block, value["body"]))


def _block(block: Any) -> str:
    _check_keys(block, set(_BLOCKS), "a block of its body")
    if len(block) != 1:
        raise InvalidItem("a block of its body has not exactly one key")
    [(kind, content)] = block.items()
    return _BLOCKS[kind](content)


def _figure(content: Any) -> str:
    _check_keys(content, _FIGURE, "a figure of its body")
    if not _text(content, "src"):
        raise InvalidItem("a figure of its body has no src")
    return figure(**{key: _text(content, key) for key in content})


def _paragraphs(content: Any) -> str:
    if not isinstance(content, str):
        raise InvalidItem("a block of its body is not text")
    return to_paragraphs(escape(content, quote=False))


def _heading(content: Any) -> str:
    return _paragraphs(content).replace("<p>", "<h2>").replace("</p>", "</h2>")


_BLOCKS: dict[str, Callable[[Any], str]] = {
    "paragraph": _paragraphs,
    "heading": _heading,
    "quote": lambda content: f"<blockquote>{_paragraphs(content)}</blockquote>",
    "figure": _figure,
}

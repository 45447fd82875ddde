"""Our own JSON: one article, or a list of them. docs/articles.md says what each key means."""

from collections.abc import Callable, Iterator
from html import escape
from itertools import chain
from typing import Any

import ijson

from board.articles.html_sanitizer import figure, to_paragraphs
from board.articles.importing.items import ITEM_MAX, BrokenFeed, InvalidItem, RawItem

DEPTH_MAX = 6  # of one article; our format needs 4
_LINES = {
    "url": "url", "slug": "slug", "title": "title", "section": "section", "byline": "byline",
    "summary": "summary", "image": "image", "image_alt": "image_alt",
    "published_at": "published", "edited_at": "edited",
}  # fmt: skip
_KEYS = {*_LINES, "subtitles", "body", "html"}
_FIGURE = {"src", "alt", "caption", "credit"}


def read_items(start: str, rest: Iterator[str]) -> Iterator[RawItem]:
    """One draft for each article. Raises BrokenFeed."""
    return _Reader(chain([start], rest)).drafts()


class _Reader:
    """Builds one article at a time out of the parser's events."""

    def __init__(self, chunks: Iterator[str]) -> None:
        self.events = self._events(chunks)
        self.flaw = ""
        self.length = 0  # of source since the last article ended

    def drafts(self) -> Iterator[RawItem]:
        event, told = next(self.events)
        if event == "start_map":
            yield self._draft(event, told)
        else:
            while (following := next(self.events))[0] != "end_array":
                yield self._draft(*following)
        for _ in self.events:  # to the end of the file: what follows may be broken
            pass

    def _draft(self, event: str, told: Any) -> RawItem:
        self.flaw = ""
        value = self._value(event, told, depth=1)
        self.length = 0
        return _draft(value, self.flaw)

    def _value(self, event: str, told: Any, depth: int) -> Any:
        if event not in ("start_map", "start_array"):
            return told
        if depth > DEPTH_MAX:
            return self._skip()
        return self._object(depth) if event == "start_map" else self._list(depth)

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while (following := next(self.events))[0] != "end_map":
            key = following[1]
            if key in found:
                self.flaw = f"it has the key {key[:60]} twice"
            found[key] = self._value(*next(self.events), depth + 1)
        return found

    def _list(self, depth: int) -> list[Any]:
        found = []
        while (following := next(self.events))[0] != "end_array":
            found.append(self._value(*following, depth + 1))
        return found

    def _skip(self) -> None:
        self.flaw = f"it is nested deeper than {DEPTH_MAX} levels"
        open_ones = 1
        while open_ones:
            event, _ = next(self.events)
            open_ones += event.startswith("start_") - event.startswith("end_")

    def _events(self, chunks: Iterator[str]) -> Iterator[tuple[str, Any]]:
        heard: Any = ijson.sendable_list()
        # use_float: of whole numbers too long for a machine the other way makes a crash
        parser = ijson.basic_parse_coro(heard, use_float=True)
        try:
            for chunk in chunks:
                parser.send(chunk.encode())
                yield from heard
                heard.clear()
                self.length += len(chunk)
                if self.length > ITEM_MAX:
                    raise BrokenFeed(f"one article is longer than {ITEM_MAX:,} characters")
            parser.close()
        except ijson.JSONError as error:
            raise BrokenFeed(f"it is not whole JSON ({str(error).splitlines()[0]})") from error
        yield from heard


def _draft(value: Any, flaw: str) -> RawItem:
    if not isinstance(value, dict):
        return RawItem(flaw=flaw or "it is not an object")
    draft = RawItem(base="", flaw=flaw)
    try:
        for key, field in _LINES.items():
            setattr(draft, field, _text(value, key))
        _known(value, _KEYS, "it")
        draft.subtitles = _subtitles(value.get("subtitles") or [])
        draft.html = _body(value)
    except InvalidItem as unfit:
        draft.flaw = flaw or str(unfit)
    return draft


def _known(value: Any, keys: set[str], what: str) -> None:
    if not isinstance(value, dict):
        raise InvalidItem(f"{what} is not an object")
    if unknown := sorted(set(value) - keys):
        raise InvalidItem(f"{what} has a key that is not known: {unknown[0][:60]}")


def _text(value: dict[str, Any], key: str) -> str:
    told = value.get(key)
    if told is not None and not isinstance(told, str):
        raise InvalidItem(f"its {key} is not text")
    return told or ""


def _subtitles(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(told, str) for told in value):
        raise InvalidItem("its subtitles are not a list of texts")
    return tuple(value)


def _body(value: dict[str, Any]) -> str:
    if value.get("body") is not None and value.get("html") is not None:
        raise InvalidItem("it has both body and html")
    if not isinstance(value.get("body"), list):
        return _text(value, "html") or to_paragraphs(escape(_text(value, "body"), quote=False))
    return "\n".join(map(_block, value["body"]))


def _block(block: Any) -> str:
    _known(block, set(_BLOCKS), "a block of its body")
    if len(block) != 1:
        raise InvalidItem("a block of its body has not exactly one key")
    [(kind, told)] = block.items()
    return _BLOCKS[kind](told)


def _figure(told: Any) -> str:
    _known(told, _FIGURE, "a figure of its body")
    if not _text(told, "src"):
        raise InvalidItem("a figure of its body has no src")
    return figure(**{key: _text(told, key) for key in told})


def _marked_up(told: Any) -> str:
    if not isinstance(told, str):
        raise InvalidItem("a block of its body is not text")
    return to_paragraphs(escape(told, quote=False))


def _heading(told: Any) -> str:
    return _marked_up(told).replace("<p>", "<h2>").replace("</p>", "</h2>")


_BLOCKS: dict[str, Callable[[Any], str]] = {
    "paragraph": _marked_up,
    "heading": _heading,
    "quote": lambda told: f"<blockquote>{_marked_up(told)}</blockquote>",
    "figure": _figure,
}

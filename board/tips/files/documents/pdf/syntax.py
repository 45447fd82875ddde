"""Strings and comments in the bytes of a PDF, without its objects. ISO 32000-2, 7.2, 7.3."""

import re
from collections.abc import Iterator

from pikepdf import Dictionary, Object, PdfError, String

from .strings import text_of

_START = re.compile(rb"\(|%[^\r\n]*|<[0-9A-Fa-f\s]+>")
_WORD = re.compile(r"[A-Za-z가-힣]{2}")
_USUAL = re.compile(r"PDF-\d|EOF")
_INSIDE = re.compile(rb"\\.|[()]", re.S)
_STREAM = re.compile(rb"\bstream\r?\n.*?\bendstream", re.S)
_INLINE_IMAGE = re.compile(rb"\bID\s.*?\sEI\b", re.S)
_PROPERTIES_END = re.compile(rb">>(?=\s*(?:BDC|DP)\b)")
_PROPERTIES_MAX = 4096  # bytes of one dictionary
_BRACKETS = re.compile(rb"<<|>>")


def without_streams(data: bytes) -> bytes:
    return _STREAM.sub(b" ", data)


def without_inline_images(content: bytes) -> bytes:
    return _INLINE_IMAGE.sub(b" ", content)


def comments_in(data: bytes) -> Iterator[str]:
    """Comments that are text."""
    for token in _tokens(data):
        text = token.strip(b"% \t").decode("utf-8", "replace")
        if token.startswith(b"%") and _WORD.search(text) and not _USUAL.match(text):
            yield text


def strings_in(data: bytes) -> Iterator[str]:
    for token in _tokens(data):
        if not token.startswith(b"%") and isinstance(value := _parsed(token), String):
            yield text_of(value)


def property_lists_in(content: bytes) -> Iterator[Object]:
    """Dictionaries of marked content that have text."""
    before = 0
    for match in _PROPERTIES_END.finditer(content):
        start = max(before, match.end() - _PROPERTIES_MAX)
        before = match.end()
        token = _last_dictionary(content[start:before])
        if any(True for _ in strings_in(token)):
            value = _parsed(token)
            if isinstance(value, Dictionary):
                yield value


def _last_dictionary(data: bytes) -> bytes:
    """The dictionary at the end of the data, with those inside it."""
    depth = 0
    for match in reversed(list(_BRACKETS.finditer(data))):
        depth += 1 if match[0] == b">>" else -1
        if not depth:
            return data[match.start() :]
    return b""


def _tokens(data: bytes) -> Iterator[bytes]:
    at = 0
    while match := _START.search(data, at):
        at = match.end()
        if match[0] == b"(":
            at = _string_end(data, at)
        yield data[match.start() : at]


def _string_end(data: bytes, at: int) -> int:
    """Behind the bracket that ends the string beginning before `at`, or the end of the data."""
    depth = 1
    for match in _INSIDE.finditer(data, at):
        depth += (match[0] == b"(") - (match[0] == b")")
        if not depth:
            return match.end()
    return len(data)


def _parsed(token: bytes) -> object:
    try:
        return Object.parse(token)
    except (PdfError, ValueError):
        return None

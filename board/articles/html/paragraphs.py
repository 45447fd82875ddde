"""Paragraphs of text: separated by blank lines, alone or between the blocks of HTML."""

import re
from collections.abc import Iterator

_BLANK_LINE = re.compile(r"\n\s*\n")
_LINE_BREAK = re.compile(r" *<br> *\n?")
# Of the tags that sanitised HTML has, those that stand beside paragraphs. It is well-formed.
_BLOCK = re.compile(r"<(/?)(p|h[2-4]|blockquote|ul|ol|figure|table|hr)\b[^>]*>")


def to_paragraphs(escaped: str, *, between: str = "\n") -> str:
    """Escaped text as HTML: a blank line starts a paragraph, any other line break is a <br>."""
    parts = _BLANK_LINE.split(escaped.replace("\r\n", "\n").replace("\r", "\n"))
    return between.join(
        f"<p>{'<br>'.join(part.strip().splitlines())}</p>" for part in parts if part.strip()
    )


def split_paragraphs(html: str, *, typed: bool) -> str:
    """Sanitised HTML in which a blank line ends a paragraph, as it does in text without tags.

    In text outside of all blocks (where nothing is marked but a <b>, all of it) a line break is a
    <br> if it was `typed`; elsewhere line breaks are those of a program.
    """
    return "".join(piece if name else _bare(piece, typed=typed) for name, piece in _top_level(html))


def _top_level(html: str) -> Iterator[tuple[str, str]]:
    """Blocks with their names, and what is between them, named ""; of a <p> only what is in it."""
    depth = end = 0
    for tag in _BLOCK.finditer(html):
        if depth == 0:
            yield "", html[end : tag.start()]
            end = tag.start()
        if tag[2] != "hr":
            depth += -1 if tag[1] else 1
        if depth == 0:
            block, end = html[end : tag.end()], tag.end()
            yield tag[2], _split(block) if tag[2] == "p" else block
    yield ("" if depth == 0 else "rest"), html[end:]


def _split(text: str) -> str:
    """A <p> or bare text as several, if there are blank lines in it and no <br> for them."""
    parts = [part.strip() for part in _BLANK_LINE.split(re.sub("</?p>", "", text))]
    parts = [part for part in parts if part]
    return text if len(parts) < 2 or "<br" in text else "".join(f"<p>{part}</p>" for part in parts)


def _bare(text: str, *, typed: bool) -> str:
    if not text.strip():
        return text
    if not typed:
        return _split(text)
    # A <b> that spans paragraphs would take up a line break between them.
    return to_paragraphs(_LINE_BREAK.sub("\n", text), between="" if "<" in text else "\n")

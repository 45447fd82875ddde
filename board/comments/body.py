"""Comment text as stored: the source, its HTML and a fingerprint.

The HTML is rendered once, when the comment is written, and never changes: no markup is transformed
when a page is read. Only word joiners are added then (`trusted_html`).
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import Self

import regex
from markupsafe import Markup, escape

from board.text import count_graphemes, join_closing_quotes
from board.text.links import find_links

# Shown of a long comment: about as much as the usual limit of 300 characters allows in prose.
_LINES_MAX, _LETTERS_PER_LINE = 16, 60
_REL = "nofollow ugc noopener noreferrer"
# A grapheme can hold any number of code points; real text has only a few on average.
_CODE_POINTS_PER_GRAPHEME = 8


@dataclass(frozen=True, slots=True)
class Body:
    """A comment's text, ready to store. `hash` is equal for texts that say the same."""

    text: str
    html: str
    hash: bytes

    @property
    def markup(self) -> Markup:
        return trusted_html(self.html)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Render a text that is normalized, as every form does with what it takes. Call it before
        the write transaction."""
        return cls(text=text, html=_html(text), hash=_fingerprint(text))


def trusted_html(html: str) -> Markup:
    """Stored HTML for a page. Word joiners keep a closing quote and its particle on one line; they
    are added when the row is read, so old comments have them too."""
    return Markup(join_closing_quotes(html))  # noqa: S704 - built here from escaped text when the comment was written


def is_too_long(text: str, limit: int) -> bool:
    """`text` is normalized; `limit` is in grapheme clusters."""
    return count_graphemes(text) > limit or len(text) > limit * _CODE_POINTS_PER_GRAPHEME


def is_long(html: str) -> bool:
    """Whether stored HTML is much higher than other comments, on a telephone too."""
    lines = html.count("<br>") + html.count("</p>")
    return lines > _LINES_MAX or len(html) > _LINES_MAX * _LETTERS_PER_LINE


def _fingerprint(text: str) -> bytes:
    """SHA-256, equal for texts that differ only in case, width or spacing."""
    folded = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(folded.encode()).digest()


def _html(text: str) -> str:
    paragraphs = [p.strip("\n") for p in regex.split("\n{2,}", text)]
    return "".join(f"<p>{_link_urls(p).replace(chr(10), '<br>')}</p>" for p in paragraphs if p)


def _link_urls(text: str) -> str:
    parts: list[str] = []
    position = 0
    for start, end in find_links(text):
        url = escape(text[start:end])
        parts.append(str(escape(text[position:start])))
        parts.append(f'<a href="{url}" rel="{_REL}">{url}</a>')
        position = end
    parts.append(str(escape(text[position:])))
    return "".join(parts)

"""A comment's text as it is kept: the source, its HTML, and a fingerprint.

The HTML is made once, when the comment is written, and never changed afterwards: nothing that
transforms markup runs when a page is read. Only word joiners are put in then (`stored`).
"""

import hashlib
import unicodedata
from dataclasses import dataclass
from typing import Self

import regex
from markupsafe import Markup, escape

from board.text import count_graphemes, join_closing_quotes, normalize

# ASCII only, so that a Korean particle after an address is not taken in: "…/a?b=1을" ends at 1.
LINK = regex.compile(r"\bhttps?://[A-Za-z0-9\[][A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_TRAILING = ".,;:!?'*"
_REL = "nofollow ugc noopener noreferrer"
# A grapheme may hide any number of code points; nothing honest has more than a few on average.
_CODE_POINTS_PER_GRAPHEME = 8


@dataclass(frozen=True, slots=True)
class Body:
    text: str
    html: str
    hash: bytes

    @property
    def markup(self) -> Markup:
        return trusted_html(self.html)

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Text as typed, made ready to store. Do this before the write transaction."""
        text = normalize(text)
        return cls(text=text, html=_html(text), hash=_fingerprint(text))


def trusted_html(html: str) -> Markup:
    """What a row holds of a text, ready for a page: old rows are glued like new ones."""
    return Markup(join_closing_quotes(html))  # noqa: S704 - made from escaped text, here, when it was written


def is_too_long(text: str, most: int) -> bool:
    """`most` in grapheme clusters, of text that is tidy."""
    return count_graphemes(text) > most or len(text) > most * _CODE_POINTS_PER_GRAPHEME


def _fingerprint(text: str) -> bytes:
    """Equal for texts that differ in case, width or spacing only."""
    bare = "".join(unicodedata.normalize("NFKC", text).casefold().split())
    return hashlib.sha256(bare.encode()).digest()


def _html(text: str) -> str:
    paragraphs = [p.strip("\n") for p in regex.split("\n{2,}", text)]
    return "".join(f"<p>{_linked(p).replace(chr(10), '<br>')}</p>" for p in paragraphs if p)


def _linked(text: str) -> str:
    parts: list[str] = []
    end = 0
    for match in LINK.finditer(text):
        url = _trimmed(match.group())
        parts.append(str(escape(text[end : match.start()])))
        parts.append(f'<a href="{escape(url)}" rel="{_REL}">{escape(url)}</a>')
        end = match.start() + len(url)
    parts.append(str(escape(text[end:])))
    return "".join(parts)


def _trimmed(url: str) -> str:
    """Without the punctuation of the sentence around it; a bracket closes only what it opened."""
    while url and (url[-1] in _TRAILING or (url[-1] in ")]" and not _is_balanced(url))):
        url = url[:-1]
    return url


def _is_balanced(url: str) -> bool:
    return all(url.count(o) >= url.count(c) for o, c in ("()", "[]"))

"""Items of a JSON Feed (jsonfeed.org, 1.0 and 1.1)."""

from html import escape
from typing import Any

from board.articles.addresses import join_url
from board.articles.html.paragraphs import to_paragraphs
from board.articles.html.sanitizer import plain_text
from board.articles.importing.items import RawItem


def parse_item(item: Any, feed: dict[str, Any]) -> RawItem:
    """`feed`: the members of the feed that stand before its items."""
    if not isinstance(item, dict):
        return RawItem(error="it is not an object")
    html, plain, summary = (_text(item, key) for key in ("content_html", "content_text", "summary"))
    home = _text(feed, "home_page_url")
    tags = item.get("tags")
    return RawItem(
        url=join_url(home, _text(item, "url") or _text(item, "external_url") or _permalink(item)),
        title=_text(item, "title") or plain_text(html or escape(plain or summary), limit=60),
        section=next(filter(None, map(_text_of, tags if isinstance(tags, list) else [])), ""),
        byline=_byline(item) or _byline(feed),
        summary=summary,
        html=html or to_paragraphs(escape(plain or summary, quote=False)),
        image=join_url(home, _text(item, "image") or _text(item, "banner_image")),
        published=_text(item, "date_published"),
        edited=_text(item, "date_modified"),
        guid=_text_of(item.get("id")),
    )


def _permalink(item: dict[str, Any]) -> str:
    id = _text_of(item.get("id"))
    return id if id.startswith(("http://", "https://")) else ""


def _byline(value: dict[str, Any]) -> str:
    """Names of `authors` (1.1) or `author` (1.0)."""
    authors = value.get("authors") or [value.get("author")]
    named = [author for author in authors if isinstance(author, dict)]
    return ", ".join(filter(None, (_text(author, "name") for author in named)))


def _text(value: dict[str, Any], key: str) -> str:
    return _text_of(value.get(key))


def _text_of(value: Any) -> str:
    """A text, or a number as text: identifiers may be numbers; "" for anything else."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ""
    return f"{value:.0f}" if isinstance(value, float) else str(value)

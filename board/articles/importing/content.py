"""What an item becomes as an article: sanitised, and cut to the columns."""

from datetime import datetime
from typing import Any

from flask import current_app

from board.articles.html.sanitizer import plain_text, sanitize
from board.articles.importing.items import Item
from board.articles.models import Article
from board.db import now


def article_content(item: Item) -> dict[str, Any]:
    """Keyword arguments for Article.publish and Article.revise, with sanitised HTML."""
    body = sanitize(item.html, image_origins=current_app.config["IMAGE_ORIGINS"], base=item.base)
    return {
        "title": item.title,
        "subtitles": [_cut(line, Article.LINE_MAX) for line in item.subtitles],
        "section": _cut(item.section, _width("section")),
        "byline": _cut(item.byline, _width("byline")),
        "summary": _cut(item.summary or plain_text(body), _width("summary")),
        "body_html": body,
        "image": item.image,
        "image_alt": _cut(item.image_alt, _width("image_alt")),
        **_times(item),
    }


def _times(item: Item) -> dict[str, datetime]:
    """Dates of the feed. Missing ones stay as they are.

    So do future ones: feeds that label Korean time as GMT are nine hours ahead.
    """
    dates = {"published_at": item.published_at, "edited_at": item.edited_at}
    return {name: date for name, date in dates.items() if date and date <= now()}


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else f"{text[: width - 1]}…"


def _width(column: str) -> int:
    column_type: Any = Article.__table__.columns[column].type
    return int(column_type.length)

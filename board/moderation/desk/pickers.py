"""What the text in a filter stands for: an article by title or address, an author by name; and what
the fields suggest."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, func, or_, select
from sqlalchemy.orm import defer

from board.accounts.models import User
from board.articles.addresses import InvalidAddress, address_key, canonical_url
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db
from board.moderation.queue import Queue, QueueItem
from board.moderation.users import search
from board.web.forms import ROW_ID

MATCHES_MAX = 20  # articles or authors one filter covers
TITLES_MAX = 20_000  # newest articles, whose titles and slugs take some hundredths of a second
SAMPLE = 1000  # first comments of a queue that suggestions are taken from
SUGGESTIONS_MAX = 30
_SLUG = re.compile(r"(?:.*/)?articles/([^/?#]+).*|([^/?#\s]+)")
_DELETED_ACCOUNT = re.compile(rf"#({ROW_ID})")  # whose name is not theirs alone


class Suggestion(NamedTuple):
    """A title or a name, and how many comments of the queue are there."""

    text: str
    comments: int


def find_articles(text: str) -> list[Article]:
    """The article with this slug, address or exact title; else those with it in title or slug,
    newest first. One more than MATCHES_MAX says that there are more."""
    by_address = _by_address(text)
    if by_address:
        return [by_address]
    newest = select(Article.id).order_by(Article.published_at.desc(), Article.id.desc())
    titled = _slim().where(Article.id.in_(newest.limit(TITLES_MAX)))
    columns = (Article.title, Article.slug)
    titled = titled.where(or_(*(each.contains(text, autoescape=True) for each in columns)))
    is_exact = Article.title == text
    titled = titled.order_by(is_exact.desc(), Article.published_at.desc(), Article.id.desc())
    found = list(db.session.scalars(titled.limit(MATCHES_MAX + 1)))
    return [article for article in found if article.title == text] or found


def _by_address(text: str) -> Article | None:
    if match := _SLUG.fullmatch(text):
        article = db.session.scalar(_slim().where(Article.slug == (match[1] or match[2])))
        if article:
            return article
    try:
        return db.session.scalar(Article.by_keys([address_key(canonical_url(text))]))
    except InvalidAddress:
        return None


def _slim() -> Select[Article]:
    return select(Article).options(defer(Article.body_html))


def find_authors(text: str) -> list[User]:
    """The member with this name; else those with it in their names. One more than MATCHES_MAX says
    that there are more. `#12` is a deleted account."""
    if match := _DELETED_ACCOUNT.fullmatch(text):
        user = db.session.get(User, int(match[1]))
        return [user] if user and user.left_on else []
    return search.matches(text, MATCHES_MAX + 1)


def author_text(author: User) -> str:
    """The filter for this author alone."""
    return f"#{author.id}" if author.left_on else author.name


def suggest_articles(queue: Queue | str) -> list[Suggestion]:
    """Titles of articles with most comments, of the first ones of the queue."""
    most = _most(_first_comments(queue).c.article_id)
    named = select(Article.title, most.c.count).join(most, most.c.id == Article.id)
    return _suggestions(named.order_by(most.c.count.desc(), Article.title))


def suggest_authors(queue: Queue | str) -> list[Suggestion]:
    """Names of authors with most comments, of the first ones of the queue."""
    most = _most(_first_comments(queue).c.author_id)
    named = select(User.name, most.c.count).join(most, most.c.id == User.id)
    return _suggestions(
        named.where(User.left_on.is_(None)).order_by(most.c.count.desc(), User.name)
    )


def _first_comments(queue: Queue | str) -> Subquery:
    """Article and author of the first comments: of a queue the longest waiting, else the newest."""
    if isinstance(queue, Queue):
        first = select(QueueItem.article_id, QueueItem.author_id)
        first = first.where(QueueItem.queue == queue.value)
        return first.order_by(QueueItem.since, QueueItem.comment_id).limit(SAMPLE).subquery()
    newest = select(Comment.article_id, Comment.author_id).where(Comment.deleted_at.is_(None))
    if queue == "hidden":
        newest = newest.where(Comment.hidden_for.is_not(None))
    return newest.order_by(Comment.id.desc()).limit(SAMPLE).subquery()


def _most(column: ColumnElement[int]) -> Subquery:
    """The values of a column that are frequent, and how often each is there."""
    count = func.count().label("count")
    grouped = select(column.label("id"), count).group_by(column)
    return grouped.order_by(count.desc(), column).limit(SUGGESTIONS_MAX).subquery()


def _suggestions(query: Select[Any]) -> list[Suggestion]:
    rows: Sequence[Any] = db.session.execute(query).all()
    return [Suggestion(row[0], row[1]) for row in rows]

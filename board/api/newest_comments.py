"""Newest visible comments, of the board or of one thread, for the Atom feeds."""

from typing import Any

from sqlalchemy import Select, func, select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.search_index import index as search_index

FEED_SIZE = 50


def newest_comments(article: Article | None = None) -> Select[*tuple[Any, ...]]:
    """Newest first by id. Those of a thread are read from the search index, which is in order."""
    entries: Select[*tuple[Any, ...]] = (
        select(
            Comment.id,
            Comment.posted_at,
            func.coalesce(Comment.edited_at, Comment.posted_at).label("updated_at"),
            Comment.html,
            User.name.label("author_name"),
            Article.title.label("article_title"),
        )
        .join_from(Comment, User, User.id == Comment.author_id)
        .join(Article, Article.id == Comment.article_id)
        .where(Comment.is_visible)
        .limit(FEED_SIZE)
    )
    if article is None:
        return entries.order_by(Comment.id.desc())
    id = search_index.fts_table.c.rowid
    entries = entries.join(search_index.fts_table, id == Comment.id).order_by(id.desc())
    return entries.where(search_index.matching((), article_id=article.id))

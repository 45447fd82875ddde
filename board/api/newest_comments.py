"""Visible comments for the Atom feeds: the newest of the board or of a thread, and the featured."""

from typing import Any

from sqlalchemy import Select, and_, func, select

from board.accounts.models import User
from board.articles.editing.authors import ArticleAuthor
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.search_index import index as search_index

FEED_SIZE = 50
Entries = Select[*tuple[Any, ...]]


def newest_comments(article: Article | None = None) -> Entries:
    """Newest first by id. Those of a thread are read from the search index, which is in order."""
    entries = _entries().limit(FEED_SIZE)
    if article is None:
        return entries.order_by(Comment.id.desc())
    id = search_index.fts_table.c.rowid
    entries = entries.join(search_index.fts_table, id == Comment.id).order_by(id.desc())
    return entries.where(search_index.matching((), article_id=article.id))


def featured_comments(article: Article) -> Entries:
    """Those featured in a thread, newest first by id."""
    is_featured = (Comment.article_id == article.id, Comment.featured_at.is_not(None))
    return _entries().where(*is_featured).order_by(Comment.id.desc())


def _entries() -> Entries:
    wrote_it = and_(
        ArticleAuthor.article_id == Comment.article_id, ArticleAuthor.user_id == Comment.author_id
    )
    return (
        select(
            Comment.id,
            Comment.posted_at,
            func.coalesce(Comment.edited_at, Comment.posted_at).label("updated_at"),
            Comment.html,
            Comment.featured_at,
            User.name.label("author_name"),
            User.label.label("author_label"),
            ArticleAuthor.user_id.label("wrote_article"),
            Article.title.label("article_title"),
        )
        .join_from(Comment, User, User.id == Comment.author_id)
        .join(Article, Article.id == Comment.article_id)
        .outerjoin(ArticleAuthor, wrote_it)
        .where(Comment.is_visible)
    )

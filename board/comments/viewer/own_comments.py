"""An author's own comments: the list, those held for a moderator, and the data export."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from markupsafe import Markup
from sqlalchemy import Select, bindparam, select, tuple_
from sqlalchemy.orm import joinedload

from board.accounts.models import User
from board.articles.models import Article
from board.comments.body import trusted_html
from board.comments.models import Comment, Revision
from board.db.read_connections import fetch_all

_comment, _article = Comment.__table__.c, Article.__table__.c
_revision = Revision.__table__.c


def comments_of(author: User, *, before: Comment | None = None) -> Select[Comment]:
    """One page and one more of an author's comments that are not deleted, newest first."""
    page = select(Comment).options(joinedload(Comment.article))
    page = page.where(Comment.author_id == author.id, Comment.deleted_at.is_(None))
    if before:
        page = page.where(
            tuple_(Comment.posted_at, Comment.id) < tuple_(before.posted_at, before.id)
        )
    newest_first = (Comment.posted_at.desc(), Comment.id.desc())
    return page.order_by(*newest_first).limit(Comment.PAGE_SIZE + 1)


def hidden_comments_of(author: User, ids: Iterable[int]) -> Select[Comment]:
    """Those of these comments that are an author's and hidden, by id."""
    own = select(Comment).where(Comment.id.in_(ids), Comment.author_id == author.id)
    hidden = own.where(Comment.hidden_for.is_not(None), Comment.deleted_at.is_(None))
    return hidden.order_by(Comment.id)


class PendingComment(NamedTuple):
    """A comment held for a moderator, as its author sees it."""

    id: int
    posted_at: datetime
    html: str
    held_for: str

    @property
    def markup(self) -> Markup:
        return trusted_html(self.html)


_HELD = (
    select(*(_comment[name] for name in PendingComment._fields))
    .where(_comment.author_id == bindparam("author"), _comment.article_id == bindparam("article"))
    .where(_comment.held_for.is_not(None), _comment.deleted_at.is_(None))
    .order_by(_comment.posted_at.desc(), _comment.id.desc())
)


def pending_comments(author: User, article: Article) -> list[PendingComment]:
    """An author's held comments under an article, newest first; ties by id."""
    return [
        PendingComment(*row)
        for row in fetch_all(_HELD, {"author": author.id, "article": article.id})
    ]


_EXPORT = (
    select(
        _comment.id,
        _article.slug.label("article"),
        _comment.parent_id.label("answers"),
        _comment.body.label("text"),
        _comment.posted_at,
        _comment.edited_at,
        _comment.like_count,
        _comment.dislike_count,
        _comment.featured_at,
        _comment.held_for,
        _comment.hidden_for,
    )
    .join(Article.__table__, _article.id == _comment.article_id)
    .where(_comment.author_id == bindparam("author"), _comment.deleted_at.is_(None))
    .order_by(_comment.posted_at, _comment.id)
)
_EXPORT_REVISIONS = (
    select(_revision.comment_id, _revision.text, _revision.written_at)
    .join(Comment.__table__, _comment.id == _revision.comment_id)
    .where(_comment.author_id == bindparam("author"))
    .order_by(_revision.id)
)


def export_comments(user: User) -> list[Mapping[str, Any]]:
    """Export the comments that are not deleted, oldest first, with their earlier versions."""
    earlier: defaultdict[int, list[Mapping[str, Any]]] = defaultdict(list)
    for row in fetch_all(_EXPORT_REVISIONS, {"author": user.id}):
        earlier[row.comment_id].append({"text": row.text, "written_at": row.written_at})
    rows = fetch_all(_EXPORT, {"author": user.id})
    return [{**row._mapping, "earlier": earlier[row.id]} for row in rows]

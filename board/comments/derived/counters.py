"""Comment counters of articles and roots, and the article's `revision`, which renews caches."""

from typing import Any, Protocol, cast

from sqlalchemy import Integer, Table, bindparam, column, select, table, update

from board.accounts.models import User
from board.articles.models import Article
from board.comments.derived import featured
from board.db import db, execute_core


class CountedComment(Protocol):
    """What is read of a comment here."""

    article: Any
    article_id: Any
    root: Any
    root_id: Any
    featured_at: Any


# Prepared once and counted in the database, not in Python.
_article = cast(Table, Article.__table__)
_comment = table(
    "comment", *(column(name, Integer) for name in ("id", "article_id", "author_id", "reply_count"))
)
_BUMP_ARTICLE = (
    update(_article)
    .where(_article.c.id == bindparam("of"))
    .values(
        comment_count=_article.c.comment_count + bindparam("change"),
        revision=_article.c.revision + 1,
    )
)
_BUMP_ROOT = (
    update(_comment)
    .where(_comment.c.id == bindparam("of"))
    .values(reply_count=_comment.c.reply_count + bindparam("change"))
)


def bump_counters(comment: CountedComment, change: int) -> None:
    """Count `change` more visible comments in the article and, for a reply, in its root. One that
    is no longer visible is no longer featured."""
    if change < 0:
        featured.remove(comment)
    execute_core(_BUMP_ARTICLE, {"change": change, "of": comment.article_id})
    db.session.expire(comment.article, ["comment_count", "revision"])
    if comment.root:
        execute_core(_BUMP_ROOT, {"change": change, "of": comment.root_id})
        db.session.expire(comment.root, ["reply_count"])


def refresh_threads_of(author: User) -> None:
    """Renew the cached threads that show this author's name."""
    article_ids = select(_comment.c.article_id).where(_comment.c.author_id == author.id)
    db.session.execute(
        update(Article).where(Article.id.in_(article_ids)).values(revision=Article.revision + 1)
    )

"""Comment search. Invisible comments are not in the index, so they cannot be found.

Newest first means by id, the order of posting, which is also the order of the index: the first
page of a million hits costs no more than a page of twenty.
"""

from collections.abc import Sequence

from sqlalchemy import TextClause, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.search_index import index as search_index
from board.comments.search_index.tokenizer import matches
from board.comments.thread.public_comment import CommentPage
from board.comments.thread.query import load_many
from board.comments.viewer.own_comments import comments_of
from board.db import db
from board.runtime.limiter import Limiter

# Comments one page scans: a single letter, or initials found in nearly every comment, are searched
# in so many; the link to the next page goes on from there.
SCAN_LIMIT = 2000
# Held for a search and its result page: some tens of milliseconds, in which the interpreter has
# little time for plain readers.
search_limiter = Limiter("search", queue=7, wait=2.0)


def search_thread(
    article: Article, words: Sequence[str], *, before: Comment | None = None
) -> CommentPage:
    """One page of the comments of a thread that contain all words, in two queries."""
    ids, more = _scan(search_index.matching(words, article_id=article.id), words, before=before)
    return CommentPage(load_many(ids), more)


def search_own(
    author: User,
    words: Sequence[str],
    *,
    before: Comment | None = None,
    options: Sequence[ExecutableOption] = (),
) -> tuple[list[Comment], int | None]:
    """One page of an author's comments that contain all words, and the id of the next page.

    Without words: all their comments, also those a moderator has hidden. `options`: what to load
    with the comments.
    """
    if not words:
        query = comments_of(author, before=before).options(*options)
        comments = list(db.session.scalars(query))
        page = comments[: Comment.PAGE_SIZE]
        return page, page[-1].id if len(comments) > len(page) else None
    ids, more = _scan(search_index.matching(words, author_id=author.id), words, before=before)
    query = (
        select(Comment).where(Comment.id.in_(ids)).options(joinedload(Comment.article), *options)
    )
    return list(db.session.scalars(query.order_by(Comment.id.desc()))), more


def _scan(
    match: TextClause, words: Sequence[str], *, before: Comment | None
) -> tuple[list[int], int | None]:
    """Ids of a page of matches, and the id of the next page; scans SCAN_LIMIT comments."""
    id = search_index.fts_table.c.rowid
    query = (
        select(Comment.id, Comment.body)
        .join_from(search_index.fts_table, Comment, Comment.id == id)
        .where(match, Comment.is_visible)
    )
    if before:
        query = query.where(id < before.id)
    query = query.order_by(id.desc()).limit(SCAN_LIMIT + 1)
    ids: list[int] = []
    last = None
    with db.session.execute(query.execution_options(yield_per=100)) as rows:
        for number, row in enumerate(rows):
            if number == SCAN_LIMIT:
                return ids, last
            if matches(row.body, words):
                if len(ids) == Comment.PAGE_SIZE:
                    return ids, ids[-1]
                ids.append(row.id)
            last = row.id
    return ids, None

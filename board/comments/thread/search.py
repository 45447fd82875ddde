"""Finding comments by their words. What nobody sees is not in the index, so it cannot be found.

Newest first here means by id, which is the order they were written in: the index walks that way by
itself, so the first page of a million hits costs what a page of twenty does.
"""

from collections.abc import Sequence

from sqlalchemy import TextClause, select
from sqlalchemy.orm import joinedload

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.comments.readers.own_comments import comments_of
from board.comments.search_index import index as search_index
from board.comments.search_index.tokenizer import matches
from board.comments.thread import query as threads
from board.comments.thread.query import CommentPage
from board.db import db
from board.runtime.limiter import Limiter

# How many comments one page looks at: a single letter, or initials that stand in nearly every
# comment, are looked for in so many and then from there on by the link to the next page.
SCAN_LIMIT = 2000
# For a search and the page that shows what it found: some tens of milliseconds together, in which
# the interpreter has little time for whoever only reads.
search_limiter = Limiter("search", queue=7, wait=2.0)


def search_thread(
    article: Article, words: Sequence[str], *, before: Comment | None = None
) -> CommentPage:
    """One page of the comments of a thread that hold all words: two queries, however many."""
    ids, more = _found(search_index.matching(words, article_id=article.id), words, before=before)
    return CommentPage(threads.load_many(ids), more)


def search_own(
    author: User, words: Sequence[str], *, before: Comment | None = None
) -> tuple[list[Comment], int | None]:
    """One page of a person's own comments that hold all words, and the id to go on from.

    No words: all their comments, those a moderator has hidden too.
    """
    if not words:
        all_of_them = list(db.session.scalars(comments_of(author, before=before)))
        page = all_of_them[: Comment.PAGE_SIZE]
        return page, page[-1].id if len(all_of_them) > len(page) else None
    ids, more = _found(search_index.matching(words, author_id=author.id), words, before=before)
    query = select(Comment).where(Comment.id.in_(ids)).options(joinedload(Comment.article))
    return list(db.session.scalars(query.order_by(Comment.id.desc()))), more


def _found(
    asked: TextClause, words: Sequence[str], *, before: Comment | None
) -> tuple[list[int], int | None]:
    place = search_index.fts_table.c.rowid
    query = (
        select(Comment.id, Comment.body)
        .join_from(search_index.fts_table, Comment, Comment.id == place)
        .where(asked, Comment.is_visible)
    )
    if before:
        query = query.where(place < before.id)
    query = query.order_by(place.desc()).limit(SCAN_LIMIT + 1)
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

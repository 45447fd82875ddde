"""Posting limits, and the one query for all that checks need to know before posting."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Self

from sqlalchemy import ColumnElement, Integer, Row, Select, and_, bindparam, func, select

from board.accounts.models import User
from board.articles.models import Article
from board.comments.body import Body
from board.comments.models import Comment
from board.comments.writing.errors import SameText, TooManyHere, TooManyToday, TooSoon
from board.db import execute_core, now

DAY = timedelta(days=1)
PostingHistory = Row[*tuple[Any, ...]]


@dataclass(frozen=True)
class PostingLimits:
    """How much one account may post; 0 = no limit. Defaults of the Korean portals since 2018."""

    interval: timedelta = timedelta(seconds=60)
    per_day: int = 20
    roots_per_article: int = 3
    same_text: timedelta = timedelta(hours=24)

    @classmethod
    def none(cls) -> Self:
        return cls(interval=timedelta(), per_day=0, roots_per_article=0, same_text=timedelta())

    def enforce(self, history: PostingHistory, *, is_root: bool) -> None:
        """Raises TooSoon, TooManyToday, SameText or TooManyHere."""
        for refusal, posted_at, wait in (
            (TooSoon, history.own_at, self.interval),
            (TooManyToday, history.own_of_day_at, DAY),
            (SameText, history.same_at, self.same_text),
        ):
            if posted_at:
                raise refusal(posted_at + wait)
        if is_root and 0 < self.roots_per_article <= history.own_roots:
            raise TooManyHere


# Subqueries other slices add for their checks: one value each, about `article` and `author`. They
# run in one query with those of the limits; a query of its own would cost several times as much.
extra_columns: dict[str, Select[Any]] = {}

_c = Comment.__table__.c


def _newest(*where: ColumnElement[bool]) -> Select[datetime]:
    return select(func.max(_c.posted_at)).where(*where)


def _own(within: str) -> ColumnElement[bool]:
    """The author's comments within the span of a limit.

    Bounded above too: a comment stamped in the future by a wrong clock blocks nobody until then.
    """
    since: ColumnElement[datetime] = bindparam(f"{within}_since")
    until: ColumnElement[datetime] = bindparam(f"{within}_until")
    return and_(_c.author_id == bindparam("author"), _c.posted_at > since, _c.posted_at < until)


_ROOTS = and_(_c.article_id == bindparam("article"), _c.root_id.is_(None))
_OWN_ROOTS = select(_c.id).where(_c.author_id == bindparam("author"), _ROOTS)
_LIMIT_COLUMNS = {
    "stored_id": select(_c.id).where(
        _c.author_id == bindparam("author"), _c.key == bindparam("key")
    ),
    "own_at": _newest(_own("interval")),
    "own_of_day_at": select(_c.posted_at)
    .where(_own("day"))
    .order_by(_c.posted_at.desc())
    .offset(bindparam("day_has", type_=Integer))
    .limit(1),
    "same_at": _newest(_own("same_text"), _c.text_hash == bindparam("hash")),
    "own_roots": select(func.count()).select_from(
        _OWN_ROOTS.limit(bindparam("roots_have", type_=Integer)).subquery()
    ),
    "newest_root_at": _newest(_ROOTS, _c.listed),
    "newest_reply_at": _newest(_c.root_id == bindparam("root"), _c.listed),
}


@cache
def _combined_query(*, with_limits: bool) -> Select[*tuple[Any, ...]]:
    """All subqueries in one. Built at first use, after every slice has added its extra_columns."""
    columns = {**(_LIMIT_COLUMNS if with_limits else {}), **extra_columns}
    return select(*(query.scalar_subquery().label(name) for name, query in columns.items()))


def extra_values(article: Article, author: User) -> Row[*tuple[Any, ...]]:
    """The values of `extra_columns` alone."""
    return execute_core(
        _combined_query(with_limits=False), {"article": article.id, "author": author.id}
    ).one()


def posting_history(
    article: Article,
    *,
    by: User,
    body: Body,
    key: str,
    parent: Comment | None,
    limits: PostingLimits,
) -> PostingHistory:
    """What the limits need to know of earlier comments, in one query. A limit of 0 finds nothing.

    Deleted comments count too; restarts and workers share the count.
    """
    moment = now()
    a_day = DAY if limits.per_day else timedelta()
    waits = {"interval": limits.interval, "day": a_day, "same_text": limits.same_text}
    values = {
        "article": article.id,
        "author": by.id,
        "key": key,
        "hash": body.hash,
        "root": parent and (parent.root_id or parent.id),
        "day_has": max(0, limits.per_day - 1),
        "roots_have": limits.roots_per_article,
        **{f"{name}_since": moment - wait for name, wait in waits.items()},
        **{f"{name}_until": moment + wait for name, wait in waits.items()},
    }
    return execute_core(_combined_query(with_limits=True), values).one()

"""What a clearing would hide, counted before it: by state and by article, for each period."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, case, func, select, true

from board.accounts.models import User
from board.articles.models import Article
from board.comments.models import Comment
from board.db import db, now
from board.moderation.users.clearings import PERIODS, written_by

ARTICLES_MAX = 10  # of which the preview gives numbers
Counts = Mapping[str, int]  # by period


@dataclass(frozen=True)
class Preview:
    public: Counts
    pending: Counts
    hidden: Counts  # already, and left as they are
    articles: list[tuple[Article, Counts]]  # those with most comments to hide
    article_count: int

    @property
    def other_articles(self) -> int:
        return self.article_count - len(self.articles)

    @property
    def to_hide(self) -> Counts:
        return {period: self.public[period] + self.pending[period] for period in PERIODS}


def preview(user: User) -> Preview:
    """Counts of a user's comments that are not deleted; in three queries."""
    public, pending, hidden = _by_state(user)
    return Preview(public, pending, hidden, _by_article(user), _article_count(user))


def _by_state(user: User) -> tuple[Counts, Counts, Counts]:
    state = case(
        (Comment.hidden_for.is_not(None), "hidden"),
        (Comment.held_for.is_not(None), "pending"),
        else_="public",
    )
    query = select(state, *_counts()).where(*written_by(user.id, since=None)).group_by(state)
    rows = {row[0]: _by_period(row[1:]) for row in db.session.execute(query)}
    nothing = dict.fromkeys(PERIODS, 0)
    return tuple(rows.get(name, nothing) for name in ("public", "pending", "hidden"))  # type: ignore[return-value]


def _by_article(user: User) -> list[tuple[Article, Counts]]:
    query = select(Article, *_counts()).join(Article, Article.id == Comment.article_id)
    query = query.select_from(Comment).where(*_to_hide(user)).group_by(Article.id)
    query = query.order_by(func.count().desc(), Article.id.desc()).limit(ARTICLES_MAX)
    return [(row[0], _by_period(row[1:])) for row in db.session.execute(query)]


def _article_count(user: User) -> int:
    articles = select(func.count(Comment.article_id.distinct())).where(*_to_hide(user))
    return db.session.scalar(articles) or 0


def _to_hide(user: User) -> tuple[ColumnElement[bool], ...]:
    return (*written_by(user.id, since=None), Comment.hidden_for.is_(None))


def _counts() -> list[ColumnElement[int]]:
    return [
        func.count().filter(Comment.posted_at > now() - length if length else true())
        for length in PERIODS.values()
    ]


def _by_period(counts: tuple[int, ...]) -> Counts:
    return dict(zip(PERIODS, counts, strict=True))

"""How threads are steered: closed, slowed down, held and so on, for a time, and why.

A measure begins and ends at its moment, not when somebody notices: whether it is in force is asked
of the clock (course.py), and whatever keeps a page asks until when it is good.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, Self

from sqlalchemy import (
    JSON,
    ColumnElement,
    ForeignKey,
    Index,
    Select,
    String,
    and_,
    exists,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.orm import Mapped, column_property, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.articles.models import Article
from board.db import Base, db, now


class RestrictionKind(enum.StrEnum):
    """What is done to a thread, the strictest first."""

    STOP = "stop"  # 댓글 제공 중단: nothing of the thread is shown
    FREEZE = "freeze"  # 읽기 전용: no comments, no edits, no reactions
    CLOSE = "close"  # no new comments and no edits
    HOLD = "hold"  # everything new waits for a moderator
    ESTABLISHED_ONLY = "settled"  # only accounts that have been there for some days write
    SLOW = "slow"  # so many seconds between two comments of one account
    LATEST = "latest"  # newest first, and no other order
    FOLD = "fold"  # the comments are folded away until one asks for them


@dataclass(frozen=True, kw_only=True)
class RestrictionSpec:
    """What an act of steering says: where, what, how long and why."""

    measures: Sequence[RestrictionKind]
    reason: str  # readers are told
    article: Article | None = None
    sections: Sequence[str] = ()
    seconds: int = 0
    starts_at: datetime | None = None  # None: at once
    ends_at: datetime | None = None  # None: when somebody ends it


_OPEN = text("ended_at IS NULL")


class Restrictable(Protocol):
    """An article, or the columns of one, as far as steering it goes."""

    @property
    def id(self) -> int: ...
    @property
    def section(self) -> str: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def is_restricted(self) -> bool: ...


class ThreadRestriction(Base):
    """One act of steering: an article, some sections or the whole board; one or more measures.

    It is open until somebody ends it or its time is over, and in force from when it starts. Never
    changed: whoever wants it otherwise ends it and begins another.
    """

    __tablename__ = "steering"
    REASON_MAX = 200
    SECONDS = (30, 60, 180, 300, 600, 1800, 3600)
    MIN_ACCOUNT_AGE = timedelta(days=7)
    PAGE_SIZE = 30
    __table_args__ = (
        Index(
            "ix_steering_open", "article_id", "id", sqlite_where=_OPEN
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    article_id: Mapped[int | None] = mapped_column(ForeignKey(Article.id))
    # Where it is about no one article: these sections; all articles when there are none.
    sections: Mapped[list[str]] = mapped_column(JSON, default=list)
    measures: Mapped[list[str]] = mapped_column(JSON)
    seconds: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    # When readers' pages were told of the start, which may be some seconds after it.
    noted_at: Mapped[datetime | None]
    made_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    article: Mapped[Article | None] = relationship()
    maker: Mapped[User] = relationship(foreign_keys=made_by)
    ender: Mapped[User | None] = relationship(foreign_keys=ended_by)

    @classmethod
    def from_spec(cls, terms: "RestrictionSpec") -> Self:
        """As it would be, not kept."""
        return cls(
            article_id=terms.article and terms.article.id,
            sections=[] if terms.article else list(terms.sections),
            measures=[measure.value for measure in RestrictionKind if measure in terms.measures],
            reason=terms.reason,
            seconds=terms.seconds,
            starts_at=terms.starts_at,
            ends_at=terms.ends_at,
        )

    @classmethod
    def begin(cls, terms: "RestrictionSpec", *, by: User) -> Self:
        """Raises ValueError when it says nothing."""
        moment = now()
        steering = cls.from_spec(terms)
        steering.made_by, steering.made_at = by.id, moment
        steering.starts_at = max(terms.starts_at or moment, moment)
        if not steering.measures or (steering.ends_at and steering.ends_at <= steering.starts_at):
            raise ValueError("without a measure, or over before it begins")
        if (RestrictionKind.SLOW in terms.measures) != bool(terms.seconds):
            raise ValueError("seconds belong to slow mode, and slow mode needs them")
        db.session.add(steering)
        db.session.flush()
        if steering.starts_at <= moment:
            steering.mark_announced()
        else:
            steering._bump_revisions()  # a page that is kept learns until when it is good
        return steering

    def mark_announced(self) -> None:
        """It is in force: tell the caches to look."""
        self.noted_at = now()
        self._bump_revisions()

    def end(self, *, by: User | None) -> bool:
        """By somebody, or by itself when its time is over. False when it has ended before."""
        if self.ended_at is not None:
            return False
        self.ended_at, self.ended_by = now(), by.id if by else None
        self._bump_revisions()
        return True

    def is_in_force(self, at: datetime) -> bool:
        is_over = self.ended_at is not None or (self.ends_at is not None and self.ends_at <= at)
        return self.starts_at <= at and not is_over

    def applies_to(self, article: Restrictable) -> bool:
        if self.article_id is not None:
            return self.article_id == article.id
        return not self.sections or article.section in self.sections

    @property
    def scope(self) -> ColumnElement[bool]:
        """Of articles: it concerns them."""
        if self.article_id is not None:
            return Article.id == self.article_id
        return Article.section.in_(self.sections) if self.sections else true()

    @classmethod
    def open_for(cls, article_ids: Iterable[int]) -> Select[Self]:
        """What is in force or prepared for these articles, or for more than one; oldest first."""
        ours = or_(cls.article_id.in_(list(article_ids)), cls.article_id.is_(None))
        return select(cls).where(cls.ended_at.is_(None), ours).order_by(cls.id)

    @classmethod
    def all_open(cls, *, before: int | None = None) -> Select[Self]:
        """One page and one more of what is in force or prepared anywhere, the newest first."""
        return cls._page(cls.ended_at.is_(None), before)

    @classmethod
    def ended(cls, *, before: int | None = None) -> Select[Self]:
        """One page and one more of what is over, the newest first."""
        return cls._page(cls.ended_at.is_not(None), before)

    @classmethod
    def _page(cls, which: ColumnElement[bool], before: int | None) -> Select[Self]:
        page = select(cls).where(which)
        page = page.options(joinedload(cls.article), joinedload(cls.maker), joinedload(cls.ender))
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def due(cls) -> Select[Self]:
        """Whose time is over, or has come without having been noted."""
        moment = now()
        has_begun = and_(cls.noted_at.is_(None), cls.starts_at <= moment)
        due = select(cls).where(cls.ended_at.is_(None), or_(cls.ends_at <= moment, has_begun))
        return due.order_by(cls.id)

    def _bump_revisions(self) -> None:
        """Whatever was made of the threads it concerns is out of date."""
        db.session.flush()
        db.session.execute(
            update(Article).where(self.scope).values(revision=Article.revision + 1),
            execution_options={"synchronize_session": False},
        )
        for each in db.session:
            if isinstance(each, Article):
                db.session.expire(each, ["revision", "is_restricted"])


_here = ThreadRestriction.__table__.alias("here")
# Read with the row of an article, so that a thread nobody steers costs no question of its own.
HAS_RESTRICTIONS = or_(
    exists().where(_here.c.article_id == Article.id, _here.c.ended_at.is_(None)),
    exists().where(_here.c.article_id.is_(None), _here.c.ended_at.is_(None)),
)
Article.is_restricted = column_property(HAS_RESTRICTIONS)

"""Thread restrictions: threads are closed, slowed down or pre-moderated, for a time and a reason.

A restriction takes effect at its exact time (state.py) without waiting for a job, so a cached page
carries an expiry time.
"""

import enum
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

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
from board.articles.thread_controls.restrictable import Restrictable
from board.db import Base, db, now


class RestrictionKind(enum.StrEnum):
    """What a restriction does, strictest first."""

    STOP = "stop"  # 댓글 제공 중단: nothing of the thread is shown
    FREEZE = "freeze"  # 읽기 전용: no comments, no edits, no reactions
    CLOSE = "close"  # no new comments and no edits
    HOLD = "hold"  # new comments are pre-moderated
    ESTABLISHED_ONLY = "settled"  # only accounts older than MIN_ACCOUNT_AGE may write
    SLOW = "slow"  # a minimum interval between two comments of an account
    LATEST = "latest"  # newest first is the only order
    FOLD = "fold"  # comments are collapsed at first


@dataclass(frozen=True, kw_only=True)
class RestrictionSpec:
    """A restriction to be made: where, what, how long and why."""

    measures: Sequence[RestrictionKind]
    reason: str  # shown to readers
    article: Article | None = None
    sections: Sequence[str] = ()
    seconds: int = 0
    starts_at: datetime | None = None  # None: at once
    ends_at: datetime | None = None  # None: until somebody ends it


_OPEN = text("ended_at IS NULL")


class ThreadRestriction(Base):
    """A restriction of one article, some sections or all threads, with one or more measures.

    Open until somebody ends it or its time is over; in force from its start. Never changed: to
    change it, end it and begin another.
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
    # Without an article: these sections, or all articles if there are none.
    sections: Mapped[list[str]] = mapped_column(JSON, default=list)
    measures: Mapped[list[str]] = mapped_column(JSON)
    seconds: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str] = mapped_column(String(REASON_MAX))
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime | None]
    # When the caches were invalidated for the start, some seconds after it.
    noted_at: Mapped[datetime | None]
    made_by: Mapped[int] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))

    article: Mapped[Article | None] = relationship()
    maker: Mapped[User] = relationship(foreign_keys=made_by)
    ender: Mapped[User | None] = relationship(foreign_keys=ended_by)

    @classmethod
    def from_spec(cls, spec: RestrictionSpec) -> Self:
        """A restriction that is not stored, for a preview."""
        return cls(
            article_id=spec.article and spec.article.id,
            sections=[] if spec.article else list(spec.sections),
            measures=[measure.value for measure in RestrictionKind if measure in spec.measures],
            reason=spec.reason,
            seconds=spec.seconds,
            starts_at=spec.starts_at,
            ends_at=spec.ends_at,
        )

    @classmethod
    def begin(cls, spec: RestrictionSpec, *, by: User) -> Self:
        """Store a restriction. Raises ValueError if it has no effect."""
        moment = now()
        restriction = cls.from_spec(spec)
        restriction.made_by, restriction.made_at = by.id, moment
        restriction.starts_at = max(spec.starts_at or moment, moment)
        ends_too_soon = spec.ends_at and spec.ends_at <= restriction.starts_at
        if not restriction.measures or ends_too_soon:
            raise ValueError("a restriction needs a measure, and must end after it starts")
        if (RestrictionKind.SLOW in spec.measures) != bool(spec.seconds):
            raise ValueError("slow mode needs seconds, and nothing else has them")
        db.session.add(restriction)
        db.session.flush()
        if restriction.starts_at <= moment:
            restriction.mark_announced()
        else:
            restriction._bump_revisions()  # so that cached pages learn until when they are valid
        return restriction

    def mark_announced(self) -> None:
        """Record that a job noticed the start, and invalidate the pages it changes."""
        self.noted_at = now()
        self._bump_revisions()

    def end(self, *, by: User | None) -> bool:
        """End it; `by` is None if its time is over. False if it had ended before."""
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
        """Condition on Article: it applies to them."""
        if self.article_id is not None:
            return Article.id == self.article_id
        return Article.section.in_(self.sections) if self.sections else true()

    @classmethod
    def open_for(cls, article_ids: Iterable[int]) -> Select[Self]:
        """Open restrictions of these articles, of sections and of all threads; oldest first."""
        applicable = or_(cls.article_id.in_(list(article_ids)), cls.article_id.is_(None))
        return select(cls).where(cls.ended_at.is_(None), applicable).order_by(cls.id)

    @classmethod
    def all_open(cls, *, before: int | None = None) -> Select[Self]:
        """A page plus one of all open restrictions, newest first."""
        return cls._page(cls.ended_at.is_(None), before)

    @classmethod
    def ended(cls, *, before: int | None = None) -> Select[Self]:
        """A page plus one of ended restrictions, newest first."""
        return cls._page(cls.ended_at.is_not(None), before)

    @classmethod
    def _page(cls, criterion: ColumnElement[bool], before: int | None) -> Select[Self]:
        page = select(cls).where(criterion)
        page = page.options(joinedload(cls.article), joinedload(cls.maker), joinedload(cls.ender))
        if before:
            page = page.where(cls.id < before)
        return page.order_by(cls.id.desc()).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def due(cls) -> Select[Self]:
        """Restrictions to end or to announce: their time is over, or has come; oldest first."""
        moment = now()
        has_begun = and_(cls.noted_at.is_(None), cls.starts_at <= moment)
        due = select(cls).where(cls.ended_at.is_(None), or_(cls.ends_at <= moment, has_begun))
        return due.order_by(cls.id)

    def _bump_revisions(self) -> None:
        """Invalidate cached pages of the threads it applies to."""
        db.session.flush()
        db.session.execute(
            update(Article).where(self.scope).values(revision=Article.revision + 1),
            execution_options={"synchronize_session": False},
        )
        for instance in db.session:
            if isinstance(instance, Article):
                db.session.expire(instance, ["revision", "is_restricted"])


_restriction = ThreadRestriction.__table__.alias("here")
# Read with the row of an article, so that a thread without restrictions costs no query.
HAS_RESTRICTIONS = or_(
    exists().where(_restriction.c.article_id == Article.id, _restriction.c.ended_at.is_(None)),
    exists().where(_restriction.c.article_id.is_(None), _restriction.c.ended_at.is_(None)),
)
Article.is_restricted = column_property(HAS_RESTRICTIONS)

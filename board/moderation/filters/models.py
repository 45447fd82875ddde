"""Filter rules: which words and heuristics hold a comment, refuse it, or warn its author.

changes.py writes them; compiled.py caches a compiled copy, which word_filter/ applies to texts.
"""

import enum
from datetime import datetime
from typing import Self

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, now
from board.moderation import word_filter
from board.moderation.rulings.models import Ruling
from board.moderation.word_filter import Action


class Kind(enum.StrEnum):
    WORD = "word"
    PATTERN = "pattern"
    SIGNAL = "signal"  # a heuristic with a threshold


class State(enum.StrEnum):
    ON = "on"
    SHADOW = "shadow"  # matches are recorded, nothing else happens
    OFF = "off"


CATEGORIES = ("insult", "hate", "sexual", "threat", "coarse", "spam", "other")


class Rule(Base):
    """A filter rule. Never deleted, only switched off: it explains what it once held."""

    __tablename__ = "rule"
    PAGE_SIZE = 50
    __table_args__ = (UniqueConstraint("kind", "text"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(word_filter.Rule.TEXT_MAX))
    action: Mapped[str] = mapped_column(String(10), default=Action.HOLD.value)
    state: Mapped[str] = mapped_column(String(10), default=State.ON.value)
    category: Mapped[str] = mapped_column(String(20), default="other")
    severity: Mapped[int] = mapped_column(default=1)
    # False: the word matches only as it is spelt.
    disguised: Mapped[bool] = mapped_column(default=True)
    # Threshold of a signal: a number, or a percentage.
    threshold: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(Ruling.NOTE_MAX), default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)

    maker: Mapped[User | None] = relationship()

    @classmethod
    def listed(
        cls, *, category: str = "", text: str = "", after: Self | None = None
    ) -> Select[Self]:
        """One page + 1 of the words and patterns, by text and then by id."""
        page = select(cls).where(cls.kind != Kind.SIGNAL.value)
        if category:
            page = page.where(cls.category == category)
        if text:
            page = page.where(cls.text.contains(text, autoescape=True))
        if after:
            page = page.where(
                (cls.text > after.text) | ((cls.text == after.text) & (cls.id > after.id))
            )
        return page.order_by(cls.text, cls.id).limit(cls.PAGE_SIZE + 1)

    @classmethod
    def signals(cls) -> Select[Self]:
        return select(cls).where(cls.kind == Kind.SIGNAL.value).order_by(cls.id)


class AllowedWord(Base):
    """A word in which no rule matches: 시발 is not found in 시발점."""

    __tablename__ = "allowed_word"
    TEXT_MAX = 40

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(TEXT_MAX), unique=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def listed(cls, text: str = "") -> Select[Self]:
        """Allowed words by text; only those that contain `text`, if given."""
        words = select(cls).order_by(cls.text)
        return words.where(cls.text.contains(text, autoescape=True)) if text else words


class RuleChange(Base):
    """Links a ruling to the rule it is about."""

    __tablename__ = "rule_change"

    ruling_id: Mapped[int] = mapped_column(ForeignKey(Ruling.id), primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey(Rule.id), index=True)

    @classmethod
    def for_rule(cls, rule: Rule) -> Select[Ruling]:
        """The last 20 rulings about a rule, newest first."""
        rulings = select(Ruling).join(cls, cls.ruling_id == Ruling.id)
        rulings = rulings.where(cls.rule_id == rule.id).options(joinedload(Ruling.moderator))
        return rulings.order_by(Ruling.id.desc()).limit(20)


class RulesVersion(Base):
    """A counter in one row, raised at each change of the rules: workers see from it whether their
    compiled rules are stale."""

    __tablename__ = "rule_edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


def allowed_texts() -> list[str]:
    return list(db.session.scalars(select(AllowedWord.text).order_by(AllowedWord.id)))


def count_by_category() -> dict[str, int]:
    """Numbers of words and patterns, including those that are off."""
    counts = select(Rule.category, func.count()).where(Rule.kind != Kind.SIGNAL.value)
    return {row[0]: row[1] for row in db.session.execute(counts.group_by(Rule.category))}


def is_untouched() -> bool:
    """True if no rule was ever written or loaded here."""
    return db.session.scalar(select(RulesVersion.number)) is None

"""The desk's rules: which words and signs make a comment wait, be refused, or be thought over.

The engine in words/ finds them, by the compiled copy in rulebook.py. Here stands what is looked for
and who said so.
"""

import enum
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Literal, Self, cast

from sqlalchemy import ForeignKey, Select, String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, joinedload, mapped_column, relationship

from board.accounts.models import User
from board.db import Base, db, now
from board.moderation import word_filter
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from board.moderation.word_filter import Action


class Kind(enum.StrEnum):
    WORD = "word"
    PATTERN = "pattern"
    SIGNAL = "signal"  # something other than a word, measured against a threshold


class State(enum.StrEnum):
    ON = "on"
    SHADOW = "shadow"  # what it finds is noted, and nothing else happens
    OFF = "off"


CATEGORIES = ("insult", "hate", "sexual", "threat", "coarse", "spam", "other")


class DuplicateRule(Exception):
    """There is such a rule, or such an allowed word, already."""


class Rule(Base):
    """Never deleted, only switched off: what it once held explains itself by it."""

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
    # False: a word is found only as it is spelt.
    disguised: Mapped[bool] = mapped_column(default=True)
    # Of a signal: how many, or what share in percent, is too much.
    threshold: Mapped[int] = mapped_column(default=0)
    note: Mapped[str] = mapped_column(String(Ruling.NOTE_MAX), default="")
    made_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)

    maker: Mapped[User | None] = relationship()

    @classmethod
    def listed(
        cls, *, category: str = "", text: str = "", after: Self | None = None
    ) -> Select[Self]:
        """One page and one more of the words and patterns, by text and then by id."""
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
    """An innocent word in which no rule finds anything: 시발 is not in 시발점."""

    __tablename__ = "allowed_word"
    TEXT_MAX = 40

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(TEXT_MAX), unique=True)
    made_by: Mapped[int | None] = mapped_column(ForeignKey(User.id))
    made_at: Mapped[datetime] = mapped_column(default=now)

    @classmethod
    def listed(cls, text: str = "") -> Select[Self]:
        """By text; those that hold `text`, if that is given."""
        found = select(cls).order_by(cls.text)
        return found.where(cls.text.contains(text, autoescape=True)) if text else found


class RuleChange(Base):
    """Which rulings are about a rule."""

    __tablename__ = "rule_change"

    ruling_id: Mapped[int] = mapped_column(ForeignKey(Ruling.id), primary_key=True)
    rule_id: Mapped[int] = mapped_column(ForeignKey(Rule.id), index=True)

    @classmethod
    def of(cls, rule: Rule) -> Select[Ruling]:
        """What was decided about a rule, newest first."""
        found = select(Ruling).join(cls, cls.ruling_id == Ruling.id)
        found = found.where(cls.rule_id == rule.id).options(joinedload(Ruling.moderator))
        return found.order_by(Ruling.id.desc()).limit(20)


class RulesVersion(Base):
    """One row: how often the rules have changed. Whoever keeps a copy of them compares it."""

    __tablename__ = "rule_edition"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]


def allowed_texts() -> list[str]:
    return list(db.session.scalars(select(AllowedWord.text).order_by(AllowedWord.id)))


def add(*, by: User | None, state: State, note: str = "", **said: Any) -> Rule:
    """Raises Twice, and WrongRule for a text no rule can have."""
    if _same(said["kind"], said["text"]):
        raise DuplicateRule
    rule = Rule(state=state.value, note=note, made_by=by and by.id, **said)
    _refuse_wrong(rule)
    db.session.add(rule)
    db.session.flush()
    _note(Verdict.RULE_ADD, rule, by=by, note=note, after=log_payload(rule))
    return rule


def change(rule: Rule, *, by: User, note: str = "", **said: Any) -> bool:
    """Say something else about it. False when it is all said already. Raises as `add` does."""
    before = log_payload(rule)
    same = _same(said.get("kind", rule.kind), said.get("text", rule.text))
    if same and same != rule.id:
        raise DuplicateRule
    for name, value in said.items():
        setattr(rule, name, value)
    after = log_payload(rule)
    if before == after:
        return False
    _refuse_wrong(rule)
    _note(Verdict.RULE_CHANGE, rule, by=by, note=note, before=before, after=after)
    return True


def allow(text: str, *, by: User) -> AllowedWord:
    """Raises Twice."""
    if db.session.scalar(select(AllowedWord.id).where(AllowedWord.text == text)):
        raise DuplicateRule
    word = AllowedWord(text=text, made_by=by.id)
    db.session.add(word)
    append_ruling(Verdict.RULE_ALLOW, by=by, reason="", word=text)
    _bump_version()
    return word


def disallow(word: AllowedWord, *, by: User) -> None:
    append_ruling(Verdict.RULE_DISALLOW, by=by, reason="", word=word.text)
    db.session.execute(delete(AllowedWord).where(AllowedWord.id == word.id))
    _bump_version()


def add_all(rows: Iterable[dict[str, Any]], allowed: Iterable[str], *, by: User | None) -> int:
    """Many at once, less those there are: one ruling says how many. How many were new."""
    have = {(kind, text) for kind, text in db.session.execute(select(Rule.kind, Rule.text))}
    have |= {("allow", text) for text in allowed_texts()}
    new: list[Base] = []
    for row in [*rows, *({"kind": "allow", "text": text} for text in allowed)]:
        key = row["kind"], row["text"]
        if key not in have:
            have.add(key)
            new.append(_made(row, by))
    db.session.add_all(new)
    if new:
        append_ruling(Verdict.RULE_IMPORT, by=by, reason="", count=len(new))
        _bump_version()
    return len(new)


def is_untouched() -> bool:
    """Nobody has ever written a rule here, nor had any loaded."""
    return db.session.scalar(select(RulesVersion.number)) is None


def log_payload(rule: Rule) -> dict[str, Any]:
    """What a ruling keeps of a rule."""
    names = ("kind", "text", "action", "state", "category", "disguised", "threshold")
    return {name: getattr(rule, name) for name in names}


def _made(row: dict[str, Any], by: User | None) -> Base:
    made_by = by and by.id
    if row["kind"] == "allow":
        return AllowedWord(text=row["text"], made_by=made_by)
    return Rule(made_by=made_by, **row)


def _same(kind: str, text: str) -> int | None:
    return db.session.scalar(select(Rule.id).where(Rule.kind == kind, Rule.text == text))


def _refuse_wrong(rule: Rule) -> None:
    if rule.kind != Kind.SIGNAL:
        word_filter.Rule(0, cast(Literal["word", "pattern"], rule.kind), rule.text)


def _note(verdict: Verdict, rule: Rule, *, by: User | None, note: str, **detail: Any) -> None:
    ruling = append_ruling(verdict, by=by, reason="", note=note, rule=rule.id, **detail)
    db.session.add(RuleChange(ruling_id=ruling.id, rule_id=rule.id))
    _bump_version()


def _bump_version() -> None:
    edition = db.session.get(RulesVersion, 1)
    if edition is None:
        db.session.add(RulesVersion(id=1, number=1))
    else:
        edition.number += 1


def count_by_category() -> dict[str, int]:
    """Words and patterns, those that are off too."""
    found = select(Rule.category, func.count()).where(Rule.kind != Kind.SIGNAL.value)
    return {row[0]: row[1] for row in db.session.execute(found.group_by(Rule.category))}

"""Changes to the rules and allowed words: each is a ruling, and raises the version of the rules."""

from collections.abc import Iterable
from typing import Any, Literal, cast

from sqlalchemy import delete, select

from board.accounts.models import User
from board.db import Base, db
from board.moderation import word_filter
from board.moderation.filters.models import (
    AllowedWord,
    Kind,
    Rule,
    RuleChange,
    RulesVersion,
    State,
    allowed_texts,
)
from board.moderation.rulings.models import Verdict, append_ruling


class DuplicateRule(Exception):
    """The rule or the allowed word exists already."""


def add(*, by: User | None, state: State, note: str = "", **fields: Any) -> Rule:
    """Raises DuplicateRule, and InvalidRule for a text no rule can have."""
    if _rule_id(fields["kind"], fields["text"]):
        raise DuplicateRule
    rule = Rule(state=state.value, note=note, made_by=by and by.id, **fields)
    _check_text(rule)
    db.session.add(rule)
    db.session.flush()
    _record(Verdict.RULE_ADD, rule, by=by, note=note, after=log_payload(rule))
    return rule


def change(rule: Rule, *, by: User, note: str = "", **fields: Any) -> bool:
    """Change fields of a rule. Returns False if they are the same already. Raises as `add` does."""
    before = log_payload(rule)
    existing = _rule_id(fields.get("kind", rule.kind), fields.get("text", rule.text))
    if existing and existing != rule.id:
        raise DuplicateRule
    for name, value in fields.items():
        setattr(rule, name, value)
    after = log_payload(rule)
    if before == after:
        return False
    _check_text(rule)
    _record(Verdict.RULE_CHANGE, rule, by=by, note=note, before=before, after=after)
    return True


def allow(text: str, *, by: User) -> AllowedWord:
    """Raises DuplicateRule."""
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
    """Add many at once, skipping those that exist; one ruling. Returns how many were new."""
    known = {(kind, text) for kind, text in db.session.execute(select(Rule.kind, Rule.text))}
    known |= {("allow", text) for text in allowed_texts()}
    new: list[Base] = []
    for row in [*rows, *({"kind": "allow", "text": text} for text in allowed)]:
        key = row["kind"], row["text"]
        if key not in known:
            known.add(key)
            new.append(_new_row(row, by))
    db.session.add_all(new)
    if new:
        append_ruling(Verdict.RULE_IMPORT, by=by, reason="", count=len(new))
        _bump_version()
    return len(new)


def log_payload(rule: Rule) -> dict[str, Any]:
    """The fields of a rule that a ruling records."""
    names = ("kind", "text", "action", "state", "category", "disguised", "threshold")
    return {name: getattr(rule, name) for name in names}


def _new_row(row: dict[str, Any], by: User | None) -> Base:
    made_by = by and by.id
    if row["kind"] == "allow":
        return AllowedWord(text=row["text"], made_by=made_by)
    return Rule(made_by=made_by, **row)


def _rule_id(kind: str, text: str) -> int | None:
    return db.session.scalar(select(Rule.id).where(Rule.kind == kind, Rule.text == text))


def _check_text(rule: Rule) -> None:
    if rule.kind != Kind.SIGNAL:
        word_filter.Rule(0, cast(Literal["word", "pattern"], rule.kind), rule.text)


def _record(verdict: Verdict, rule: Rule, *, by: User | None, note: str, **detail: Any) -> None:
    ruling = append_ruling(verdict, by=by, reason="", note=note, rule=rule.id, **detail)
    db.session.add(RuleChange(ruling_id=ruling.id, rule_id=rule.id))
    _bump_version()


def _bump_version() -> None:
    version = db.session.get(RulesVersion, 1)
    if version is None:
        db.session.add(RulesVersion(id=1, number=1))
    else:
        version.number += 1

"""Compiled rules, cached by each worker and as new as the last commit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, cast

from sqlalchemy import select

from board.db import db, execute_core
from board.moderation import word_filter
from board.moderation.filters.models import Kind, Rule, RulesVersion, State, allowed_texts
from board.runtime.app import app_state


class CachedRule(NamedTuple):
    """A rule detached from any transaction."""

    id: int
    kind: str
    text: str
    action: str
    state: str
    severity: int
    disguised: bool
    threshold: int

    @classmethod
    def all(cls) -> "list[CachedRule]":
        """All rules that are not off, by id."""
        columns = (getattr(Rule, name) for name in cls._fields)
        rules = select(*columns).where(Rule.state != State.OFF.value).order_by(Rule.id)
        return [cls(*row) for row in db.session.execute(rules)]

    @property
    def for_matcher(self) -> word_filter.Rule:
        kind = cast(Literal["word", "pattern"], self.kind)
        return word_filter.Rule(self.id, kind, self.text, disguised=self.disguised)


@dataclass(frozen=True, slots=True)
class Finding:
    """A match of a rule: `start` up to `end` of the text, or the `value` a signal has counted."""

    rule: CachedRule
    start: int = 0
    end: int = 0
    value: int = 0


class CompiledRules:
    """All rules that are not off, compiled. Safe to share between threads."""

    def __init__(self, version: int, rules: Iterable[CachedRule], allowed: Iterable[str]) -> None:
        self.version = version
        self._rules = {rule.id: rule for rule in rules}
        matcher = word_filter.Matcher(
            (rule.for_matcher for rule in self._rules.values() if rule.kind != Kind.SIGNAL), allowed
        )
        # Matched before the write lock is taken, a text costs nothing under it.
        self._hits = lru_cache(maxsize=64)(matcher.hits)

    def findings(self, text: str) -> Iterator[Finding]:
        for hit in self._hits(text):
            yield Finding(self._rules[hit.rule], hit.start, hit.end)

    def signals(self) -> Iterator[CachedRule]:
        return (rule for rule in self._rules.values() if rule.kind == Kind.SIGNAL)


# Selected together with the limits of every post.
RULES_VERSION = select(RulesVersion.number)


def current_rules() -> CompiledRules:
    """The rules this transaction sees."""
    return compiled_rules(execute_core(RULES_VERSION).scalar())


def compiled_rules(version: int | None) -> CompiledRules:
    """The rules of a version that this transaction has read; None: there were never any."""
    version = version or 0
    cached: CompiledRules | None = app_state().get("compiled_rules")
    if cached is None or cached.version != version:
        cached = CompiledRules(version, CachedRule.all(), allowed_texts())
        app_state()["compiled_rules"] = cached
    return cached

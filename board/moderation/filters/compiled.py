"""The rules as a worker keeps them: compiled, and as new as the last commit."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, cast

from sqlalchemy import select

from board.db import db, execute_core
from board.moderation import word_filter
from board.moderation.filters import models as filter_rules
from board.moderation.filters.models import Kind, Rule, RulesVersion, State
from board.runtime.app import app_state


class CachedRule(NamedTuple):
    """A rule as a worker keeps it, apart from any transaction."""

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
        """Those that are not off."""
        columns = (getattr(Rule, name) for name in cls._fields)
        found = select(*columns).where(Rule.state != State.OFF.value).order_by(Rule.id)
        return [cls(*row) for row in db.session.execute(found)]

    @property
    def for_engine(self) -> word_filter.Rule:
        kind = cast(Literal["word", "pattern"], self.kind)
        return word_filter.Rule(self.id, kind, self.text, disguised=self.disguised)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule has found: `start` up to `end` of the text, or so many of what it counts."""

    rule: CachedRule
    start: int = 0
    end: int = 0
    value: int = 0


class CompiledRules:
    """All rules that are not off, compiled. Safe to share between threads."""

    def __init__(self, edition: int, known: Iterable[CachedRule], allowed: Iterable[str]) -> None:
        self.edition = edition
        self._known = {rule.id: rule for rule in known}
        engine = word_filter.Matcher(
            (rule.for_engine for rule in self._known.values() if rule.kind != Kind.SIGNAL), allowed
        )
        # Advised on before the turn to write, a text costs nothing during it.
        self._hits = lru_cache(maxsize=64)(engine.hits)

    def findings(self, text: str) -> Iterator[Finding]:
        for hit in self._hits(text):
            yield Finding(self._known[hit.rule], hit.start, hit.end)

    def signals(self) -> Iterator[CachedRule]:
        return (rule for rule in self._known.values() if rule.kind == Kind.SIGNAL)


# Asked with the limits of every post.
RULES_VERSION = select(RulesVersion.number)


def current_rules() -> CompiledRules:
    """The rules as this transaction sees them."""
    return compiled_rules(execute_core(RULES_VERSION).scalar())


def compiled_rules(number: int | None) -> CompiledRules:
    """The rules of this transaction, when it has been told which these are; None: none, ever."""
    number = number or 0
    kept: CompiledRules | None = app_state().get("rulebook")
    if kept is None or kept.edition != number:
        kept = CompiledRules(number, CachedRule.all(), filter_rules.allowed_texts())
        app_state()["rulebook"] = kept
    return kept

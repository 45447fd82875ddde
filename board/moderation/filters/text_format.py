"""Text format of rules: one on each line, to move rules between boards or to read them.

    word | hold | insult | on | 미친 놈
    allow | 시발점

A line with nothing but a text is a word that holds. No tabs: a form turns them into spaces.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from board.moderation import word_filter
from board.moderation.filters.models import CATEGORIES, AllowedWord, Kind, Rule, State
from board.moderation.word_filter import Action, InvalidRule, default_allowed_words, default_rules
from board.text import normalize_line

_SEPARATOR = " | "
_KINDS = (Kind.WORD.value, Kind.PATTERN.value)


@dataclass
class RuleList:
    """Rules and allowed words of a file, and the numbers of its invalid lines, from 1."""

    rules: list[dict[str, Any]] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    invalid_lines: list[int] = field(default_factory=list)


def format_rules(rules: Iterable[Rule], allowed: Iterable[AllowedWord]) -> Iterator[str]:
    """The lines of a file. A word that matches only as it is spelt is marked `word=`."""
    for rule in rules:
        kind = rule.kind if rule.disguised else f"{rule.kind}="
        yield _SEPARATOR.join((kind, rule.action, rule.category, rule.state, rule.text))
    for word in allowed:
        yield _SEPARATOR.join(("allow", word.text))


def parse_rules(text: str, *, state: State) -> RuleList:
    """Parse a file. All rules get `state`, not what the file says: they are untested here."""
    rule_list = RuleList()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                _parse_line(
                    [normalize_line(part) for part in line.split("|", maxsplit=4)], rule_list, state
                )
            except (ValueError, InvalidRule):
                rule_list.invalid_lines.append(number)
    return rule_list


def _parse_line(parts: list[str], rule_list: RuleList, state: State) -> None:
    match parts:
        case [text]:
            rule_list.rules.append(_rule(Kind.WORD.value, Action.HOLD.value, "other", text, state))
        case ["allow", text] if 0 < len(text) <= AllowedWord.TEXT_MAX:
            rule_list.allowed.append(text)
        case [kind, action, category, _state, text]:
            rule_list.rules.append(_rule(kind, action, category, text, state))
        case _:
            raise ValueError(parts)


def _rule(kind: str, action: str, category: str, text: str, state: State) -> dict[str, Any]:
    disguised, kind = not kind.endswith("="), kind.removesuffix("=")
    if kind not in _KINDS or category not in CATEGORIES:
        raise ValueError(kind, category)
    word_filter.Rule(0, cast(Literal["word", "pattern"], kind), text)
    return {
        "kind": kind, "text": text, "action": Action(action).value, "category": category,
        "state": state.value, "disguised": disguised,
    }  # fmt: skip


def default_rule_list() -> RuleList:
    """The rules a board starts with. They were tested on real comments, so they are on."""
    rules = [
        {
            "kind": rule.kind, "text": rule.text, "action": rule.action.value,
            "category": rule.category, "severity": rule.severity, "disguised": rule.disguised,
        }
        for rule in default_rules()
    ]  # fmt: skip
    return RuleList(rules, default_allowed_words())

"""Rules as a text file: one on each line, to be carried from board to board or read by a person.

    word | hold | insult | on | 미친 놈
    allow | 시발점

A line that is only a text is a word that holds. No tabs: a form turns them into spaces.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from board.moderation import word_filter
from board.moderation.filters.models import CATEGORIES, AllowedWord, Kind, Rule, State
from board.moderation.word_filter import Action, WrongRule, default_allowed_words, default_rules
from board.text import normalize_line

_BETWEEN = " | "
_KINDS = (Kind.WORD.value, Kind.PATTERN.value)


@dataclass
class RuleList:
    """What a file says. `wrong`: the numbers of the lines nobody could make sense of."""

    rules: list[dict[str, Any]] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)
    wrong: list[int] = field(default_factory=list)


def write(rules: Iterable[Rule], allowed: Iterable[AllowedWord]) -> Iterator[str]:
    """Its lines. A word that is found only as it is spelt is marked `word=`."""
    for rule in rules:
        kind = rule.kind if rule.disguised else f"{rule.kind}="
        yield _BETWEEN.join((kind, rule.action, rule.category, rule.state, rule.text))
    for word in allowed:
        yield _BETWEEN.join(("allow", word.text))


def read(text: str, *, state: State) -> RuleList:
    """What is in a file, with rules in `state`, whatever it says: nobody has tried them here."""
    found = RuleList()
    for number, line in enumerate(text.splitlines(), start=1):
        if line.strip() and not line.startswith("#"):
            try:
                _read_line(
                    [normalize_line(part) for part in line.split("|", maxsplit=4)], found, state
                )
            except (ValueError, WrongRule):
                found.wrong.append(number)
    return found


def _read_line(parts: list[str], found: RuleList, state: State) -> None:
    match parts:
        case [text]:
            found.rules.append(_rule(Kind.WORD.value, Action.HOLD.value, "other", text, state))
        case ["allow", text] if 0 < len(text) <= AllowedWord.TEXT_MAX:
            found.allowed.append(text)
        case [kind, action, category, _state, text]:
            found.rules.append(_rule(kind, action, category, text, state))
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


def default_list() -> RuleList:
    """The list a board starts with. It was read against real comments, so it is on."""
    rules = [
        {
            "kind": rule.kind, "text": rule.text, "action": rule.action.value,
            "category": rule.category, "severity": rule.severity, "disguised": rule.disguised,
        }
        for rule in default_rules()
    ]  # fmt: skip
    return RuleList(rules, default_allowed_words())

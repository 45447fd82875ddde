"""The rules and the allowed words a board starts with, from default_rules.toml."""

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from board.moderation.word_filter.matcher import Action, Rule

_FILE = Path(__file__).with_name("default_rules.toml")


def default_rules() -> list[Rule]:
    """Numbered from 1 in the order of the file."""
    return [Rule(id=number, **row) for number, row in enumerate(_rows(), start=1)]


def default_allowed_words() -> list[str]:
    allowed = _read()["allowed"]
    words = [
        *allowed["words"],
        *(f"새끼 {animal}" for animal in [*allowed["young"], *allowed["insulted"]]),
        *(f"{animal} 새끼" for animal in allowed["young"]),
    ]
    return list(dict.fromkeys(words))


def _read() -> dict[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def _rows() -> Iterator[dict[str, Any]]:
    for group in _read()["group"]:
        fields = {
            "category": group["category"],
            "severity": group["severity"],
            "action": Action(group.get("action", Action.HOLD)),
        }
        for text in group.get("words", ()):
            yield {"kind": "word", "text": text, **fields}
        for text in group.get("plain", ()):
            yield {"kind": "word", "text": text, "disguised": False, **fields}
        for text in group.get("patterns", ()):
            yield {"kind": "pattern", "text": text, **fields}

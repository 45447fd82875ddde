"""Rules about words that work in Korean, and what else a text gives away. Nothing of the web."""

from board.moderation.words.folding import Folded, normalise
from board.moderation.words.rules import Action, Hit, Rule, Rules, WrongRule
from board.moderation.words.signals import (
    Repetition,
    fingerprint,
    hosts,
    is_near,
    keys_of,
    repetition,
)
from board.moderation.words.starter import starter_allowed, starter_rules

__all__ = [
    "Action",
    "Folded",
    "Hit",
    "Repetition",
    "Rule",
    "Rules",
    "WrongRule",
    "fingerprint",
    "hosts",
    "is_near",
    "keys_of",
    "normalise",
    "repetition",
    "starter_allowed",
    "starter_rules",
]

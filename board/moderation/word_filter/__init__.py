"""Rules about words that work in Korean, and what else a text gives away. Nothing of the web."""

from board.moderation.word_filter.default_rules import starter_allowed, starter_rules
from board.moderation.word_filter.features import (
    Repetition,
    fingerprint,
    hosts,
    is_near,
    keys_of,
    repetition,
)
from board.moderation.word_filter.matcher import Action, Hit, Rule, Rules, WrongRule
from board.moderation.word_filter.normalization import Folded, normalise

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

"""Rules about words that work in Korean, and what else a text gives away. Nothing of the web."""

from board.moderation.word_filter.default_rules import default_allowed_words, default_rules
from board.moderation.word_filter.features import (
    Repetition,
    fingerprint,
    hosts,
    is_near,
    keys_of,
    repetition,
)
from board.moderation.word_filter.matcher import Action, Hit, Matcher, Rule, WrongRule
from board.moderation.word_filter.normalization import NormalizedText, normalize

__all__ = [
    "Action",
    "Hit",
    "Matcher",
    "NormalizedText",
    "Repetition",
    "Rule",
    "WrongRule",
    "default_allowed_words",
    "default_rules",
    "fingerprint",
    "hosts",
    "is_near",
    "keys_of",
    "normalize",
    "repetition",
]

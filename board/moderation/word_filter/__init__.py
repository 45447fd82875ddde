"""Word filter for Korean: rules, matcher and other text features. Imports nothing of the web."""

from board.moderation.word_filter.default_rules import default_allowed_words, default_rules
from board.moderation.word_filter.features import (
    Repetition,
    bucket_keys,
    fingerprint,
    hosts,
    is_near,
    repetition,
)
from board.moderation.word_filter.matcher import Action, Hit, InvalidRule, Matcher, Rule
from board.moderation.word_filter.normalization import NormalizedText, normalize

__all__ = [
    "Action",
    "Hit",
    "InvalidRule",
    "Matcher",
    "NormalizedText",
    "Repetition",
    "Rule",
    "bucket_keys",
    "default_allowed_words",
    "default_rules",
    "fingerprint",
    "hosts",
    "is_near",
    "normalize",
    "repetition",
]

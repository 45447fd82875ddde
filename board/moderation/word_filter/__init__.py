"""Word filter for Korean. Imports nothing of the database or the web.

In order: visible_text.py drops what cannot be seen, normalization.py undoes disguises with the
tables of jamo.py, variants.py spells a rule's words in other ways, matcher.py finds candidates,
candidates.py, phonetics.py and context.py decide on each, and false_positives.py drops
those inside another word or in a plain sense. features.py measures texts.
"""

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

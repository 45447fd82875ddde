"""Codes of the reasons a comment is hidden or held for. moderation_reasons.py has their texts."""

from typing import Any

CODE_MAX = 40
OWN_WORDS = "other"  # the moderator writes the reason
# Reasons of checks before posting, with their labels. Filled by wiring.py of law and moderation.
automatic_reasons: dict[str, Any] = {}

"""Warnings about a text before it is posted, such as a phone number in it.

Not a limit: the author can confirm and post the same text. The checks are listed in wiring.py of
comments and moderation.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from board.runtime.hooks import Hook


@dataclass(frozen=True, slots=True)
class TextWarning:
    """A warning about `text[start:end]`: what it seems to be and why to reconsider, translated.

    `about` is the type of warning, for programs and tests.
    """

    start: int
    end: int
    about: str
    what: str
    why: str


# Each gets a normalized text and must run in time linear to its length.
warning_checks: Hook[Callable[[str], Iterable[TextWarning]]] = Hook()


def warnings_for(text: str) -> list[TextWarning]:
    """In text order. Of overlapping warnings, only the one that begins first."""
    found = sorted(
        (advice for check in warning_checks for advice in check(text)),
        key=lambda advice: (advice.start, -advice.end),
    )
    kept: list[TextWarning] = []
    for advice in found:
        if not kept or advice.start >= kept[-1].end:
            kept.append(advice)
    return kept


def confirmation_token(text: str) -> str:
    """The token a form sends to confirm the warnings about exactly this text."""
    return hashlib.sha256(text.encode()).hexdigest()

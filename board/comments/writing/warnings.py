"""What in a text deserves a second thought before everyone can read it.

Advice, not a limit: whoever has read it posts the same text all the same. The checks are
listed in wiring.py of comments and moderation.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from board.runtime.hooks import Hook


@dataclass(frozen=True, slots=True)
class TextWarning:
    """About `text[start:end]`: what it seems to be, and why to think twice, in the reader's words.

    `about` tells kinds apart for programs and tests.
    """

    start: int
    end: int
    about: str
    what: str
    why: str


# Each is given a tidy text. May be slow by no more than the length of the text.
warning_checks: Hook[Callable[[str], Iterable[TextWarning]]] = Hook()


def warnings_for(text: str) -> list[TextWarning]:
    """In the order of the text. Where two speak of the same words, the one that begins first."""
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
    """What a form carries to say: posted as it is, after the advice on exactly this text."""
    return hashlib.sha256(text.encode()).hexdigest()

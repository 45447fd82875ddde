"""Featured comments (편집국 추천): those on top of a thread, and their number beside the article.

What is hidden, held, deleted or edited leaves at once, and does not come back by itself.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

from board.runtime.hooks import Hook

MAX = 3  # of an article

# Effects of a comment leaving the top of its thread, for any reason, in the same write.
on_removed: Hook[Callable[[Any], None]] = Hook()


class FeaturedComment(Protocol):
    """What is read and changed of a comment here."""

    article: Any
    featured_at: Any


def add(comment: FeaturedComment, at: datetime) -> bool:
    """False if it is featured already, or MAX others are."""
    if comment.featured_at is not None or comment.article.featured_count >= MAX:
        return False
    comment.featured_at = at
    _change_count(comment, 1)
    return True


def remove(comment: FeaturedComment) -> bool:
    """False if it was not featured."""
    if comment.featured_at is None:
        return False
    comment.featured_at = None
    _change_count(comment, -1)
    for effect in on_removed:
        effect(comment)
    return True


def _change_count(comment: FeaturedComment, change: int) -> None:
    comment.article.featured_count += change
    comment.article.revision += 1

"""Publication: the states of an article, and whether readers see it.

    draft ⇄ scheduled ──→ published ⇄ withdrawn
      └──────────────────────↑

A scheduled article is public from its time on: readers compare the clock, and nothing is written.
"""

import enum
from datetime import datetime
from typing import Protocol


class State(enum.StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"  # public from published_at on
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"  # was public


class AlreadyPublished(Exception):
    """An article that readers have seen is no draft again, and its date is not ahead."""


class ChangedMeanwhile(Exception):
    """Somebody has saved the article since the form was opened."""


class Publishable(Protocol):
    """An article, or a row with these of its columns."""

    @property
    def state(self) -> str: ...
    @property
    def published_at(self) -> datetime: ...


def is_public(article: Publishable, at: datetime) -> bool:
    if article.state == State.SCHEDULED:
        return article.published_at <= at
    return article.state == State.PUBLISHED


def appears_at(article: Publishable, at: datetime) -> datetime | None:
    """When it becomes public by the clock, if it is not yet."""
    is_ahead = article.state == State.SCHEDULED and article.published_at > at
    return article.published_at if is_ahead else None

"""Restrictable: what a thread restriction needs to know of an article."""

from datetime import datetime
from typing import Protocol

from board.articles.publication import Publishable


class Restrictable(Publishable, Protocol):
    """An article, or a row with these of its columns."""

    @property
    def id(self) -> int: ...
    @property
    def section(self) -> str: ...
    @property
    def closed_at(self) -> datetime | None: ...
    @property
    def is_restricted(self) -> bool: ...

"""Validity of a page in the cache, as its view declares it."""

from datetime import datetime

from flask import request

ARTICLE_KEY = "board.about"


UNTIL_KEY = "board.until"


def cache_for_article(article_id: int, revision: int) -> None:
    """Says in a view: the answer shows this article and its thread, and nothing else changes it."""
    request.environ[ARTICLE_KEY] = (article_id, revision)


def cache_until(moment: datetime | None) -> None:
    """Says in a view: from this moment on the answer would be another, whatever was committed."""
    if moment:
        request.environ[UNTIL_KEY] = min(moment, request.environ.get(UNTIL_KEY, moment))

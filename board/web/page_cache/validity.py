"""Validity of a cached page, as its view declares it."""

from datetime import datetime

from flask import request

SUBJECT_KEY = "board.cache.subject"
UNTIL_KEY = "board.cache.until"
HITS_KEY = "board.cache.hits"  # the cells that count hits, for 200 and for 304
HIT_KEY = "board.cache.hit"  # the same, of a page that came from the cache


def cache_for_article(article_id: int, revision: int) -> None:
    """Called in a view: the page shows this article and its thread, and changes only with them."""
    request.environ[SUBJECT_KEY] = ("article", article_id, revision)


def cache_for_user(user_id: int, revision: int) -> None:
    """Called in a view: the page shows this user’s account, and changes only with it."""
    request.environ[SUBJECT_KEY] = ("user", user_id, revision)


def cache_until(moment: datetime | None) -> None:
    """Called in a view: the page is wrong from this moment on, even if nothing is committed."""
    if moment:
        request.environ[UNTIL_KEY] = min(moment, request.environ.get(UNTIL_KEY, moment))

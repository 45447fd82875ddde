"""Validity of a cached page, as its view declares it."""

from datetime import datetime

from flask import request

SUBJECTS_KEY = "board.cache.subjects"
UNTIL_KEY = "board.cache.until"
HITS_KEY = "board.cache.hits"  # the cells that count hits, for 200 and for 304
HIT_KEY = "board.cache.hit"  # the same, of a page that came from the cache


def cache_for_article(article_id: int, revision: int) -> None:
    """Called in a view: the page shows this article and its thread, and changes only with them
    and its other subjects."""
    _add_subject("article", article_id, revision)


def cache_for_user(user_id: int, revision: int) -> None:
    """Called in a view: the page shows this user’s account, and changes only with it."""
    _add_subject("user", user_id, revision)


def cache_for_site(site_id: int, revision: int) -> None:
    """Called in a view: the page shows what this site asked for, and changes only with it."""
    _add_subject("site", site_id, revision)


def cache_until(moment: datetime | None) -> None:
    """Called in a view: the page is wrong from this moment on, even if nothing is committed."""
    if moment:
        request.environ[UNTIL_KEY] = min(moment, request.environ.get(UNTIL_KEY, moment))


def _add_subject(table: str, id: int, revision: int) -> None:
    request.environ.setdefault(SUBJECTS_KEY, {})[table, id] = revision

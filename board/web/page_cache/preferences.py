"""Preferences of guests: the cookies that may shape a cached page, each with its few values.

They are part of the key of a page. Pages for guests see no other cookie.
"""

from collections.abc import Collection
from functools import lru_cache

preferences: dict[str, Collection[str]] = {}  # values by name; filled by wiring.py of comments


@lru_cache(maxsize=256)
def keep(cookies: str) -> str:
    """Of a Cookie header, the preferences, in one order for all browsers."""
    pairs = {pair.strip() for pair in cookies.split(";")}
    return "; ".join(sorted(pair for pair in pairs if _is_preference(pair)))


def _is_preference(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return value in preferences.get(name, ())

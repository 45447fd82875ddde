"""The order in which a reader wants comments: that of the address, or the one chosen before.

Choosing an order sets a cookie (board.js), so that the server sends the next page in it at once.
Each order has its own page in the page cache. Newest first, the default, needs no cookie.
"""

from collections.abc import Collection

from flask import request

from board.comments.thread.sort import Sort

COOKIE = "sort"


def sort_from_query() -> Sort:
    """?sort=, the first of several: newest first by default, and for a word that is no order."""
    return _sort(request.args.get("sort"))


def sort_for_page(orders: Collection[Sort], *, before: str | None = None) -> Sort:
    """?sort=; without it the order remembered, where it is among `orders`.

    A page after a cursor, `before`, goes on in the order of its address.
    """
    if before or "sort" in request.args:
        return sort_from_query()
    remembered = _sort(request.cookies.get(COOKIE))
    return remembered if remembered in orders else Sort.LATEST


def newest_first() -> Sort | None:
    """The order to ask for where a reader must see what is newest; None if it is theirs anyway."""
    return Sort.LATEST if COOKIE in request.cookies else None


def _sort(word: str | None) -> Sort:
    try:
        return Sort(word or "")
    except ValueError:
        return Sort.LATEST

"""The orders of a thread, and where in one a page begins."""

import enum
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, tuple_

from board.comments.models import Comment
from board.db.read_connections import read_connection

Cursor = tuple[Any, ...]  # the key a comment has, or had, in an order

_comment = Comment.__table__.c


class Sort(enum.StrEnum):
    """An order of a thread. Each is total, since `id` decides last, and one scan of one index."""

    LATEST = "latest"
    OLDEST = "oldest"
    LIKED = "liked"
    REPLIED = "replied"

    @property
    def sort_column(self) -> str | None:
        """The column that decides before the time does, which may change; None when none does."""
        return {Sort.LIKED: "rank", Sort.REPLIED: "reply_count"}.get(self)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that decide, the first most; all rise in OLDEST and fall in the others."""
        return (self.sort_column, "posted_at", "id") if self.sort_column else ("posted_at", "id")

    @property
    def order(self) -> list[ColumnElement[Any]]:
        columns = (_comment[name] for name in self.key)
        return [each.asc() if self is Sort.OLDEST else each.desc() for each in columns]

    def after_cursor(self) -> ColumnElement[bool]:
        """Whatever stands after the place of a cursor, whose key is given when it is asked."""
        place = tuple_(*(_comment[name] for name in self.key))
        here = tuple_(*(bindparam(name, type_=_comment[name].type) for name in self.key))
        return place > here if self is Sort.OLDEST else place < here


_PLACE = select(_comment.rank, _comment.reply_count, _comment.posted_at, _comment.id).where(
    _comment.id == bindparam("id")
)


def cursor_of(sort: Sort, id: int, first: float | None = None) -> Cursor | None:
    """The place of a comment in this order; None when there is no such comment.

    A like moves a comment among the most liked. `first` is what it had when the reader saw it,
    so that the next page begins where the last one ended.
    """
    with read_connection() as connection:
        row = connection.execute(_PLACE, {"id": id}).one_or_none()
    if row is None:
        return None
    today = tuple(getattr(row, name) for name in sort.key)
    return today if first is None or not sort.sort_column else (type(today[0])(first), *today[1:])

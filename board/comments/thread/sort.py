"""Sort orders of a thread, and the cursors of its pages."""

import enum
from typing import Any

from sqlalchemy import ColumnElement, bindparam, select, tuple_

from board.comments.models import Comment
from board.db.read_connections import read_connection

Cursor = tuple[Any, ...]  # the sort key of a comment, now or when it was shown

_comment = Comment.__table__.c


class Sort(enum.StrEnum):
    """A sort order. Each is total, since `id` decides last, and a scan of one index."""

    LATEST = "latest"
    OLDEST = "oldest"
    LIKED = "liked"
    REPLIED = "replied"

    @property
    def sort_column(self) -> str | None:
        """The column that decides before the time, and can change; None if the time decides."""
        return {Sort.LIKED: "rank", Sort.REPLIED: "reply_count"}.get(self)

    @property
    def key(self) -> tuple[str, ...]:
        """The columns to sort by: ascending in OLDEST, descending in the others."""
        return (self.sort_column, "posted_at", "id") if self.sort_column else ("posted_at", "id")

    @property
    def order(self) -> list[ColumnElement[Any]]:
        columns = (_comment[name] for name in self.key)
        return [each.asc() if self is Sort.OLDEST else each.desc() for each in columns]

    def after_cursor(self) -> ColumnElement[bool]:
        """Keyset condition: after the cursor, whose values are bound when the query runs."""
        key = tuple_(*(_comment[name] for name in self.key))
        cursor = tuple_(*(bindparam(name, type_=_comment[name].type) for name in self.key))
        return key > cursor if self is Sort.OLDEST else key < cursor


_SORT_VALUES = select(_comment.rank, _comment.reply_count, _comment.posted_at, _comment.id).where(
    _comment.id == bindparam("id")
)


def cursor_of(sort: Sort, id: int, shown_value: float | None = None) -> Cursor | None:
    """The cursor of a comment in this order; None if there is no such comment.

    A like moves a comment among the most liked. `shown_value` is its sort value when the reader
    saw it, so that the next page begins where the last one ended.
    """
    with read_connection() as connection:
        row = connection.execute(_SORT_VALUES, {"id": id}).one_or_none()
    if row is None:
        return None
    current = tuple(getattr(row, name) for name in sort.key)
    if shown_value is None or not sort.sort_column:
        return current
    return (type(current[0])(shown_value), *current[1:])

"""Which comments of the last day say nearly the same, whoever wrote them and wherever."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from sqlalchemy import (
    ForeignKey,
    Index,
    Select,
    Table,
    bindparam,
    delete,
    insert,
    select,
    union_all,
)
from sqlalchemy.orm import Mapped, mapped_column

from board.comments.models import Comment
from board.db import Base, db, now
from board.moderation.words import fingerprint, is_near, keys_of

MOST = 20  # as many as are looked at under one key: nobody asks how much more than too much it is
REMEMBERED = timedelta(hours=24)
_FORGOTTEN_AT_ONCE = 100  # rows; so that no post after a quiet night pays for it all


_mark = lru_cache(maxsize=64)(fingerprint)  # of a text that is looked up first and then kept


class Likeness(Base):
    """The fingerprint of a comment, under each of the keys it is looked up by."""

    __tablename__ = "comment_likeness"
    __table_args__ = (Index(None, "posted_at"), Index(None, "comment_id"))

    key: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id), primary_key=True)
    mark: Mapped[bytes]
    posted_at: Mapped[datetime]


def _newest_under(key: str) -> Select[int, bytes]:
    found = select(Likeness.comment_id, Likeness.mark)
    found = found.where(Likeness.key == bindparam(key), Likeness.posted_at > bindparam("since"))
    newest = found.order_by(Likeness.comment_id.desc()).limit(MOST).subquery()
    return select(newest.c.comment_id, newest.c.mark)


# Made once: to put them together takes longer than to ask them.
_INSERT = insert(cast(Table, Likeness.__table__))
_KEYS = [f"key{number}" for number in range(len(keys_of(fingerprint("가" * 40))))]
_NEWEST = union_all(*(_newest_under(key) for key in _KEYS))
_OLD = select(Likeness.comment_id).where(Likeness.posted_at < bindparam("since"))
_OLD = _OLD.order_by(Likeness.posted_at).limit(_FORGOTTEN_AT_ONCE)


def count_alike(text: str) -> int:
    """How many comments of the last day are alike, of those that were looked at."""
    mark = _mark(text)
    if not mark:
        return 0
    asked = {"since": now() - REMEMBERED, **dict(zip(_KEYS, keys_of(mark), strict=True))}
    rows = db.session.connection().execute(_NEWEST, asked)
    return len({id for id, other in rows if is_near(mark, other)})


def remember(comment: Comment) -> None:
    """And forget some of what is older than a day."""
    connection, mark = db.session.connection(), _mark(comment.body)
    said = {"comment_id": comment.id, "mark": mark, "posted_at": comment.posted_at}
    if mark:
        connection.execute(_INSERT, [{"key": key, **said} for key in set(keys_of(mark))])
    if old := connection.scalars(_OLD, {"since": now() - REMEMBERED}).all():
        db.session.execute(delete(Likeness).where(Likeness.comment_id.in_(set(old))))


def forget(comment: Comment) -> None:
    db.session.execute(delete(Likeness).where(Likeness.comment_id == comment.id))

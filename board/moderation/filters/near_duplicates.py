"""Which comments of the last day say nearly the same, whoever wrote them and wherever."""

from datetime import datetime, timedelta
from functools import lru_cache
from typing import cast

from sqlalchemy import (
    ForeignKey,
    Select,
    Table,
    bindparam,
    delete,
    insert,
    literal_column,
    select,
    union,
)
from sqlalchemy.orm import Mapped, mapped_column

from board.comments.models import Comment
from board.db import Base, db, execute_core, now
from board.moderation.word_filter import fingerprint, is_near, keys_of

MOST = 20  # as many as are looked at under one key: nobody asks how much more than too much it is
KEPT_FOR = timedelta(hours=24)
_FORGOTTEN_AT_ONCE = 500  # comments; some tenths of a second in which nobody else writes


fingerprint_of = lru_cache(maxsize=64)(
    fingerprint
)  # of a text that is looked up first and then kept


class CommentFingerprint(Base):
    """The fingerprint of a comment."""

    __tablename__ = "comment_likeness"

    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id), primary_key=True)
    mark: Mapped[bytes]
    posted_at: Mapped[datetime]


class FingerprintBucket(Base):
    """One of the keys a fingerprint is looked up by.

    Eight for each comment, far apart, so each is as small as can be: no row id, no other index,
    and no foreign key, which would need one.
    """

    __tablename__ = "comment_likeness_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(primary_key=True)


def _newest_under(key: str) -> Select[int]:
    found = select(FingerprintBucket.comment_id).where(FingerprintBucket.key == bindparam(key))
    newest = found.order_by(FingerprintBucket.comment_id.desc()).limit(literal_column(str(MOST)))
    return select(newest.subquery().c.comment_id)


# Made once: to put them together takes longer than to ask them.
_likeness, _key = (
    cast(Table, CommentFingerprint.__table__),
    cast(Table, FingerprintBucket.__table__),
)
_KEYS = [f"key{number}" for number in range(len(keys_of(fingerprint("가" * 40))))]
_ALIKE = select(_likeness.c.mark).where(
    _likeness.c.comment_id.in_(union(*(_newest_under(key) for key in _KEYS))),
    _likeness.c.posted_at > bindparam("since"),
)
_ADD, _ADD_KEY = insert(_likeness), insert(_key)
_OLDEST = select(_likeness).order_by(_likeness.c.comment_id).limit(_FORGOTTEN_AT_ONCE)
_TAKE = delete(_key).where(_key.c.key == bindparam("k"), _key.c.comment_id == bindparam("id"))


def count_similar(text: str) -> int:
    """How many comments of the last day are alike, of those that were looked at."""
    mark = fingerprint_of(text)
    if not mark:
        return 0
    asked = {"since": now() - KEPT_FOR, **dict(zip(_KEYS, keys_of(mark), strict=True))}
    return sum(is_near(mark, other) for other in execute_core(_ALIKE, asked).scalars())


def index_comment(comment: Comment) -> None:
    """For a day, until `forget_old` finds it."""
    if mark := fingerprint_of(comment.body):
        said = {"comment_id": comment.id, "mark": mark, "posted_at": comment.posted_at}
        execute_core(_ADD, said)
        execute_core(
            _ADD_KEY, [{"key": key, "comment_id": comment.id} for key in set(keys_of(mark))]
        )


def delete_comment(comment: Comment) -> None:
    if kept := db.session.get(CommentFingerprint, comment.id):
        _forget([(kept.comment_id, kept.mark)])


def has_old() -> bool:
    oldest = execute_core(_OLDEST.limit(1)).first()
    return oldest is not None and oldest.posted_at < now() - KEPT_FOR


def delete_old() -> None:
    """Some of what is older than a day, the oldest first."""
    since = now() - KEPT_FOR
    _forget([(row.comment_id, row.mark) for row in execute_core(_OLDEST) if row.posted_at < since])


def _forget(kept: list[tuple[int, bytes]]) -> None:
    execute_core(_TAKE, [{"k": key, "id": id} for id, mark in kept for key in set(keys_of(mark))])
    execute_core(delete(_likeness).where(_likeness.c.comment_id.in_([id for id, _mark in kept])))

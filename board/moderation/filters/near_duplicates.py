"""Near-duplicates among the comments of the last day, by any author under any article."""

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
from board.moderation.word_filter import bucket_keys, fingerprint, is_near

BUCKET_MAX = 20  # comments compared in one bucket: no threshold needs more
KEPT_FOR = timedelta(hours=24)
_DELETE_BATCH = 500  # comments; some tenths of a second under the write lock


fingerprint_of = lru_cache(maxsize=64)(fingerprint)  # a text is looked up first and then indexed


class CommentFingerprint(Base):
    """The MinHash fingerprint of a comment."""

    __tablename__ = "comment_likeness"

    comment_id: Mapped[int] = mapped_column(ForeignKey(Comment.id), primary_key=True)
    mark: Mapped[bytes]
    posted_at: Mapped[datetime]


class FingerprintBucket(Base):
    """One of the bucket keys of a fingerprint (locality-sensitive hashing).

    There are eight for each comment, far apart, so a row is as small as can be: no row id, no other
    index, and no foreign key, which would need one.
    """

    __tablename__ = "comment_likeness_key"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key: Mapped[int] = mapped_column(primary_key=True)
    comment_id: Mapped[int] = mapped_column(primary_key=True)


def _newest_under(key: str) -> Select[int]:
    bucket = select(FingerprintBucket.comment_id).where(FingerprintBucket.key == bindparam(key))
    newest = bucket.order_by(FingerprintBucket.comment_id.desc()).limit(
        literal_column(str(BUCKET_MAX))
    )
    return select(newest.subquery().c.comment_id)


# Built once: building these statements takes longer than running them.
_fingerprints, _buckets = (
    cast(Table, CommentFingerprint.__table__),
    cast(Table, FingerprintBucket.__table__),
)
_KEYS = [f"key{number}" for number in range(len(bucket_keys(fingerprint("가" * 40))))]
_NEAR = select(_fingerprints.c.mark).where(
    _fingerprints.c.comment_id.in_(union(*(_newest_under(key) for key in _KEYS))),
    _fingerprints.c.posted_at > bindparam("since"),
)
_ADD, _ADD_KEY = insert(_fingerprints), insert(_buckets)
_OLDEST = select(_fingerprints).order_by(_fingerprints.c.comment_id).limit(_DELETE_BATCH)
_DELETE_KEYS = delete(_buckets).where(
    _buckets.c.key == bindparam("k"), _buckets.c.comment_id == bindparam("id")
)


def count_similar(text: str) -> int:
    """How many comments of the last day are near-duplicates, among those compared."""
    mark = fingerprint_of(text)
    if not mark:
        return 0
    parameters = {"since": now() - KEPT_FOR, **dict(zip(_KEYS, bucket_keys(mark), strict=True))}
    return sum(is_near(mark, other) for other in execute_core(_NEAR, parameters).scalars())


def index_comment(comment: Comment) -> None:
    """Add a comment to the index, for a day: until `delete_old`."""
    if mark := fingerprint_of(comment.body):
        row = {"comment_id": comment.id, "mark": mark, "posted_at": comment.posted_at}
        execute_core(_ADD, row)
        execute_core(
            _ADD_KEY, [{"key": key, "comment_id": comment.id} for key in set(bucket_keys(mark))]
        )


def delete_comment(comment: Comment) -> None:
    if stored := db.session.get(CommentFingerprint, comment.id):
        _delete([(stored.comment_id, stored.mark)])


def has_old() -> bool:
    oldest = execute_core(_OLDEST.limit(1)).first()
    return oldest is not None and oldest.posted_at < now() - KEPT_FOR


def delete_old() -> None:
    """Delete a batch of what is older than a day, oldest first."""
    since = now() - KEPT_FOR
    _delete([(row.comment_id, row.mark) for row in execute_core(_OLDEST) if row.posted_at < since])


def _delete(fingerprints: list[tuple[int, bytes]]) -> None:
    execute_core(
        _DELETE_KEYS,
        [{"k": key, "id": id} for id, mark in fingerprints for key in set(bucket_keys(mark))],
    )
    execute_core(
        delete(_fingerprints).where(
            _fingerprints.c.comment_id.in_([id for id, _mark in fingerprints])
        )
    )

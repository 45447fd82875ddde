"""One decision about many comments, and the batch that undo takes back as a whole."""

import secrets
from collections.abc import Callable, Mapping, Sequence

from sqlalchemy import select

from board.accounts.models import User
from board.comments.models import Comment
from board.db import db, now, writing
from board.moderation.desk.forms import BULK_MAX, FilterForm
from board.moderation.queue import Queue, QueueItem
from board.moderation.rulings import decisions
from board.moderation.rulings.models import Ruling
from board.moderation.rulings.undo import UNDO_FOR

WRITE_MAX = 200  # decisions in one transaction, so that no reader's post waits long for it


def matching_ids(queue: Queue, filters: FilterForm) -> list[int]:
    """Ids of comments in a queue that match the filters, longest wait first; BULK_MAX at most."""
    items = QueueItem.oldest(queue, *filters.for_queue_items()).limit(BULK_MAX)
    return list(
        db.session.scalars(
            items.with_only_columns(QueueItem.comment_id, maintain_column_froms=True)
        )
    )


def decide_all(
    ids: Sequence[int], action: str, *, by: User, reason: Mapping[str, str] | None = None
) -> Ruling | None:
    """Hide for the reason, keep or restore. Returns the last ruling, if any.

    Commits every WRITE_MAX decisions: earlier ones stand if a later one fails.
    """
    batch, last = secrets.token_hex(8), None
    for start in range(0, len(ids), WRITE_MAX):
        with writing():
            chunk = select(Comment).where(Comment.id.in_(ids[start : start + WRITE_MAX]))
            for comment in db.session.scalars(chunk.order_by(Comment.id)).all():
                ruling = _DECISIONS[action](comment, by=by, batch=batch, **(reason or {}))
                last = ruling or last
    return last


def _restore(comment: Comment, *, by: User, batch: str) -> Ruling | None:
    """Not what the law has hidden: each of those is restored on its own."""
    last = db.session.scalar(decisions.latest_ruling(comment))
    if last and last.is_legal:
        return None
    return decisions.restore(comment, by=by, reason="review", batch=batch)


_DECISIONS: dict[str, Callable[..., Ruling | None]] = {
    "keep": decisions.keep,
    "hide": decisions.hide,
    "restore": _restore,
}


def batch_of(ruling: Ruling) -> list[Ruling]:
    """All rulings of the batch; the ruling alone if it is not in one."""
    name = ruling.detail.get("batch")
    if not name:
        return [ruling]
    recent = select(Ruling).where(Ruling.id <= ruling.id, Ruling.id > ruling.id - BULK_MAX)
    rows = db.session.scalars(recent.where(Ruling.made_at > now() - UNDO_FOR * 4))
    return [each for each in rows if each.detail.get("batch") == name]

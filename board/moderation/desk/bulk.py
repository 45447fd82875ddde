"""One decision about many comments, and the batch that undo takes back as a whole."""

import secrets
from collections.abc import Mapping, Sequence

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
    ids: Sequence[int], *, by: User, hide_reason: Mapping[str, str] | None
) -> Ruling | None:
    """Hide for a reason, or keep if there is none. Returns the last ruling, if any.

    Commits every WRITE_MAX decisions: earlier ones stand if a later one fails.
    """
    batch, last = secrets.token_hex(8), None
    for start in range(0, len(ids), WRITE_MAX):
        with writing():
            chunk = select(Comment).where(Comment.id.in_(ids[start : start + WRITE_MAX]))
            for comment in db.session.scalars(chunk.order_by(Comment.id)).all():
                if hide_reason is None:
                    ruling = decisions.keep(comment, by=by, batch=batch)
                else:
                    ruling = decisions.hide(comment, by=by, batch=batch, **hide_reason)
                last = ruling or last
    return last


def batch_of(ruling: Ruling) -> list[Ruling]:
    """All rulings of the batch; the ruling alone if it is not in one."""
    name = ruling.detail.get("batch")
    if not name:
        return [ruling]
    recent = select(Ruling).where(Ruling.id <= ruling.id, Ruling.id > ruling.id - BULK_MAX)
    rows = db.session.scalars(recent.where(Ruling.made_at > now() - UNDO_FOR * 4))
    return [each for each in rows if each.detail.get("batch") == name]

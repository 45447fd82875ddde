"""One decision about many comments, and the batch that undo takes back as a whole."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from board.accounts.models import User
from board.comments.models import Comment
from board.db import db, writing
from board.moderation.desk.forms import BULK_MAX, FilterForm
from board.moderation.queue import Queue, QueueItem
from board.moderation.rulings import decisions
from board.moderation.rulings.models import Ruling
from board.moderation.rulings.statistics import newest_id
from board.moderation.rulings.undo import TooLate, check_undoable, take_back

WRITE_MAX = 200  # decisions in one transaction, so that no reader's post waits long for it
BATCH_TIME_MAX = timedelta(minutes=10)  # from its first decision to its last


@dataclass
class BulkResult:
    """How many comments a decision changed, and how many somebody had decided before. The others
    are `left`: deleted, in that state already, or hidden by law."""

    changed: int = 0
    decided: int = 0
    left: int = 0


def matching_ids(queue: Queue, filters: FilterForm) -> list[int]:
    """Ids of comments in a queue that match the filters, longest wait first; BULK_MAX at most."""
    items = QueueItem.oldest(queue, *filters.for_queue_items()).limit(BULK_MAX)
    return list(
        db.session.scalars(
            items.with_only_columns(QueueItem.comment_id, maintain_column_froms=True)
        )
    )


def decide_all(
    ids: Sequence[int],
    action: str,
    *,
    by: User,
    seen: int | None = None,
    reason: Mapping[str, str] | None = None,
) -> BulkResult:
    """Hide for the reason, keep or restore; not what was decided after the ruling `seen`.

    Commits every WRITE_MAX decisions: earlier ones stand if a later one fails.
    """
    fields = {"by": by, "batch": secrets.token_hex(8), **(reason or {})}
    seen, result = newest_id() if seen is None else seen, BulkResult()
    for start in range(0, len(ids), WRITE_MAX):
        with writing():
            chunk = ids[start : start + WRITE_MAX]
            _decide(chunk, _DECISIONS[action], fields, seen, result)
    result.left = len(ids) - result.changed - result.decided
    return result


def _decide(
    ids: Sequence[int],
    decision: Callable[..., Ruling | None],
    fields: Mapping[str, object],
    seen: int,
    result: BulkResult,
) -> None:
    chosen = select(Comment).where(Comment.id.in_(ids)).order_by(Comment.id)
    comments = db.session.scalars(chosen).all()
    newest = decisions.latest_ruling_ids(comments)
    for comment in comments:
        if newest.get(comment.id, 0) > seen:
            result.decided += 1
        elif decision(comment, **fields):
            result.changed += 1


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


def undo(ruling: Ruling, *, by: User) -> int:
    """Undo a decision, or its whole batch but for what somebody decided since. Returns how many
    comments it changed; raises TooLate if none.

    Commits every WRITE_MAX, as decide_all does.
    """
    check_undoable(ruling, by)
    ids, changed = _batch_ids(ruling), 0
    for start in range(0, len(ids), WRITE_MAX):
        with writing():
            chunk = select(Ruling).where(Ruling.id.in_(ids[start : start + WRITE_MAX]))
            for each in db.session.scalars(chunk.order_by(Ruling.id)).all():
                changed += take_back(each, by=by) is not None
    if not changed:
        raise TooLate
    return changed


def _batch_ids(ruling: Ruling) -> list[int]:
    """All rulings of the batch; the ruling alone if it is not in one."""
    name = ruling.detail.get("batch")
    if not name:
        return [ruling.id]
    batch = select(Ruling.id).where(
        Ruling.moderator_id == ruling.moderator_id,
        Ruling.id <= ruling.id,
        Ruling.made_at > ruling.made_at - BATCH_TIME_MAX,
        Ruling.detail["batch"].as_string() == name,
    )
    return list(db.session.scalars(batch.order_by(Ruling.id)))

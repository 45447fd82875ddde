"""Events of comments and accounts, for webhooks. Each is one row, added in the write that it
reports; there is none while there is no webhook."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import exists, insert, literal, or_, select

from board.accounts.models import User
from board.api.webhooks.models import Webhook, WebhookEvent
from board.api.webhooks.payload import state_of
from board.comments.models import Comment
from board.comments.writing.create import PendingPost
from board.db import db, execute_core, now
from board.moderation.rulings.models import Ruling, Verdict

TEST = "webhook.test"
_ON = select(Webhook.id).where(Webhook.is_on)
HAS_WEBHOOK = select(exists(_ON))
TYPES = (
    "comment.created", "comment.held", "comment.released", "comment.edited", "comment.deleted",
    "comment.hidden", "comment.restored", "user.updated", "user.deleted", TEST,
)  # fmt: skip


def check_post(pending: PendingPost) -> None:
    """Finds nothing wrong, but keeps what the one query before each post found: whether there is a
    webhook. Without one, a post costs no statement more."""
    db.session.info["has_webhook"] = pending.extra.has_webhook


def post_event(comment: Comment) -> None:
    _add_written("comment.created", comment)


def edit_event(comment: Comment) -> None:
    _add_written("comment.edited", comment)


def _add_written(type: str, comment: Comment) -> None:
    if db.session.info.get("has_webhook", True):
        _add("comment.held" if comment.held_for else type, comment_id=comment.id)


def deletion_event(comment: Comment) -> None:
    _add("comment.deleted", comment_id=comment.id)


def decision_event(ruling: Ruling) -> None:
    """Hidden, restored, or held and now released. Keeping what could be read changes nothing."""
    types = {Verdict.HIDE: "comment.hidden", Verdict.RESTORE: "comment.restored"}
    if ruling.detail.get("was_held"):
        types[Verdict.KEEP] = "comment.released"
    if ruling.comment and (type := types.get(Verdict(ruling.verdict))):
        _add(type, comment_id=ruling.comment.id)


def undo_event(ruling: Ruling) -> None:
    """What the comment is again, after a decision was taken back."""
    types = {"hidden": "comment.hidden", "held": "comment.held", "visible": "comment.restored"}
    if ruling.comment and (type := types.get(state_of(ruling.comment))):
        _add(type, comment_id=ruling.comment.id)


def user_event(user: User) -> None:
    """Another name or badge, or none any more."""
    _add("user.updated" if user.left_on is None else "user.deleted", user_id=user.id)


def add_test(webhook: Webhook) -> None:
    _add(TEST, webhook_id=webhook.id)


def export_events(user: User) -> list[Mapping[str, Any]]:
    """Events about the account and its comments."""
    own = select(Comment.id).where(Comment.author_id == user.id)
    about = or_(WebhookEvent.user_id == user.id, WebhookEvent.comment_id.in_(own))
    columns = select(WebhookEvent.type, WebhookEvent.at, WebhookEvent.comment_id)
    rows = db.session.execute(columns.where(about).order_by(WebhookEvent.id))
    return [dict(row._mapping) for row in rows]


def _add(
    type: str,
    *,
    comment_id: int | None = None,
    user_id: int | None = None,
    webhook_id: int | None = None,
) -> None:
    values = {
        "message_id": WebhookEvent.new_message_id(), "type": type, "at": now(),
        "comment_id": comment_id, "user_id": user_id, "webhook_id": webhook_id, "is_queued": False,
    }  # fmt: skip
    columns = WebhookEvent.__table__.c
    row = select(*(literal(value, columns[name].type) for name, value in values.items()))
    row = row.where(exists(_ON))
    execute_core(insert(WebhookEvent).from_select([*values], row))

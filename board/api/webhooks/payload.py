"""Payload of a message: JSON of what is there now. A text hidden meanwhile does not leave."""

import json
from typing import Any

from flask import current_app, url_for

from board.accounts.models import User
from board.api.webhooks.models import Webhook, WebhookEvent
from board.comments.models import Comment
from board.comments.thread.public_comment import tombstone_of
from board.db import db
from board.runtime.app import setting


def payload(event: WebhookEvent, webhook: Webhook) -> str:
    """The JSON text, for this webhook."""
    data: dict[str, Any] = {}
    with current_app.test_request_context(base_url=setting("ORIGIN")):
        if event.comment_id:
            data = _comment(event.comment_id, with_text=webhook.with_text)
        elif event.user_id:
            data = _user(event.user_id)
    message = {"type": event.type, "timestamp": event.at.isoformat(), "data": data}
    return json.dumps(message, ensure_ascii=False, separators=(",", ":"))


def _comment(id: int, *, with_text: bool) -> dict[str, Any]:
    """Its id alone once it is erased."""
    comment = db.session.get(Comment, id)
    if comment is None:
        return {"id": id, "state": "deleted"}
    article = comment.article
    data: dict[str, Any] = {
        "id": id,
        "state": state_of(comment),
        "url": url_for("comments.comment", id=id, _external=True),
        "parent": comment.parent_id,
        "posted_at": comment.posted_at.isoformat(),
        "like_count": comment.like_count,
        "reply_count": comment.reply_count,
        "article": {
            "slug": article.slug,
            "url": article.canonical_url
            or url_for("comments.article", slug=article.slug, _external=True),
            "comment_count": article.comment_count,
            "revision": article.revision,
        },
    }
    if comment.is_visible:
        data["author"] = {"id": comment.author_id, "name": comment.author.name}
    if comment.is_visible and with_text:
        data["html"] = comment.html
    return data


def state_of(comment: Comment) -> str:
    tombstone = tombstone_of(comment.deleted_at, comment.hidden_for, comment.held_for)
    return tombstone or "visible"


def _user(id: int) -> dict[str, Any]:
    user = db.session.get_one(User, id)
    return {"id": id} if user.left_on else {"id": id, "name": user.name}

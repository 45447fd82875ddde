"""Decisions about a comment: its flag, the ruling and the queue change together. Nothing else hides
a comment, except undo.py, which takes a decision back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select

from board.accounts.models import User
from board.comments.models import Comment
from board.db import db
from board.moderation import queue as moderation_queue
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from board.runtime.hooks import Hook

# Effects of a decision about a comment.
on_decision: Hook[Callable[[Ruling], None]] = Hook()

_IS_DECISION = Ruling.verdict.not_in(Ruling.PICKS)


def hide(
    comment: Comment, *, by: User | None, reason: str, note: str = "", batch: str = "", act: int = 0
) -> Ruling | None:
    """Hide a comment. Returns None, and changes nothing, if it is hidden or deleted already.

    `act`: the id of the ruling this one is a part of.
    """
    before = _state(comment)
    if not comment._set_hidden(reason=reason, note=note):
        return None
    return _record_decision(
        Verdict.HIDE, comment, by=by, reason=reason, note=note, batch=batch, act=act, **before
    )


def hide_for_legal_claim(
    comment: Comment, *, by: User, reason: str, until: datetime | None = None, **case: int
) -> Ruling | None:
    """Hide for a claim, until `until` or for good, or for an order; `case` names it by its id."""
    before = _state(comment)
    if not comment._set_hidden(reason=reason):
        return None
    return _record_decision(
        Verdict.HIDE, comment, by=by, reason=reason, note="", until=until, **before, **case
    )


def _state(comment: Comment) -> dict[str, str | None]:
    """What hiding takes from a comment, and its undo gives back."""
    featured_at = comment.featured_at
    return {
        "held_for": comment.held_for,
        "featured_at": featured_at.isoformat() if featured_at else None,
    }


def change_legal_reason(
    comment: Comment, *, reason: str, claim: int, by: User | None = None
) -> Ruling:
    """Change why a comment is hidden, when a temporary takedown becomes permanent. It cannot be
    undone: that would show the comment."""
    ruling = append_ruling(Verdict.HIDE, by=by, comment=comment, reason=reason, claim=claim)
    comment._set_visibility(hidden_for=reason)
    return ruling


def restore(
    comment: Comment, *, by: User | None, reason: str, note: str = "", batch: str = ""
) -> Ruling | None:
    """Show a hidden comment again. Returns None if it is not hidden."""
    before = {"hidden_for": comment.hidden_for, "hidden_note": comment.hidden_note}
    if not comment._set_restored():
        return None
    return _record_decision(
        Verdict.RESTORE, comment, by=by, reason=reason, note=note, batch=batch, **before
    )


def keep(
    comment: Comment, *, by: User, reason: str = "", note: str = "", batch: str = ""
) -> Ruling | None:
    """Approve a comment; a held one becomes public. Returns None if it is hidden or deleted."""
    before = comment.held_for
    if comment.hidden_for is not None or comment.deleted_at is not None:
        return None
    was_held = comment._set_kept()
    return _record_decision(
        Verdict.KEEP, comment, by=by, reason=reason, note=note, was_held=was_held,
        held_for=before, batch=batch,
    )  # fmt: skip


def _record_decision(
    verdict: Verdict, comment: Comment, *, by: User | None, reason: str, note: str, **before: Any
) -> Ruling:
    """Dequeue the comment and append the ruling, which keeps the queue entries for undo."""
    waited = moderation_queue.dequeue(comment)
    detail: Any = {name: value for name, value in before.items() if value or value is False}
    ruling = append_ruling(
        verdict, by=by, comment=comment, reason=reason, note=note, waited=waited, **detail
    )
    for effect in on_decision:
        effect(ruling)
    return ruling


def latest_ruling(comment: Comment) -> Select[Ruling]:
    """The newest decision whether a comment may be read."""
    rulings = select(Ruling).where(Ruling.comment_id == comment.id, _IS_DECISION)
    return rulings.order_by(Ruling.id.desc()).limit(1)


def latest_ruling_ids(comments: Sequence[Comment]) -> dict[int | None, int]:
    """The id of the newest of these decisions on each of the comments that has one."""
    ids = [comment.id for comment in comments]
    newest = select(Ruling.comment_id, func.max(Ruling.id))
    newest = newest.where(Ruling.comment_id.in_(ids), _IS_DECISION)
    return {row[0]: row[1] for row in db.session.execute(newest.group_by(Ruling.comment_id))}

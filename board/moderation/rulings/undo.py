"""Undo of a decision about a comment, by the moderator who made it, within UNDO_FOR."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from board.accounts.models import User
from board.comments.derived import featured
from board.comments.models import Comment
from board.db import db, now
from board.moderation import queue as moderation_queue
from board.moderation.rulings.decisions import latest_ruling
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from board.runtime.hooks import Hook

# Effects of an undo. They get the ruling that is undone.
on_undo: Hook[Callable[[Ruling], None]] = Hook()

UNDO_FOR = timedelta(seconds=30)


class TooLate(Exception):
    """The ruling can no longer be undone: time has passed, or another decision followed."""


def check_undoable(ruling: Ruling, by: User) -> None:
    """Raise TooLate for decisions of others, and after UNDO_FOR."""
    if ruling.moderator_id != by.id or ruling.made_at < now() - UNDO_FOR:
        raise TooLate


def take_back(ruling: Ruling, *, by: User | None) -> Ruling | None:
    """Undo a ruling on a comment, whenever it was made. None if another decision followed it."""
    comment = ruling.comment
    if comment is None or not _is_reversible(ruling):
        return None
    if db.session.scalar(latest_ruling(comment)) is not ruling:
        return None
    _REVERSE[Verdict(ruling.verdict)](comment, ruling.detail)
    if comment.deleted_at is None:
        moderation_queue.requeue(comment, ruling.detail["waited"])
    undoing = append_ruling(
        Verdict.UNDO, by=by, comment=comment, reason="undone", undoes=ruling, **part_of(ruling)
    )
    for effect in on_undo:
        effect(ruling)
    return undoing


def part_of(ruling: Ruling) -> dict[str, Any]:
    """The detail that makes an undo a part of the same act as what it undoes."""
    act = ruling.detail.get("act")
    return {"act": act} if act else {}


def undoable(by: User) -> Ruling | None:
    """The last decision of this moderator, while it can be undone."""
    own = select(Ruling).where(Ruling.moderator_id == by.id, ~Ruling.is_part())
    last = db.session.scalar(own.order_by(Ruling.id.desc()).limit(1))
    if last is None or not _is_reversible(last):
        return None
    return last if last.made_at > now() - UNDO_FOR else None


def undo_seconds_left(ruling: Ruling) -> int:
    """Whole seconds until the ruling can no longer be undone."""
    return max(0, int((ruling.made_at + UNDO_FOR - now()).total_seconds()))


def _is_reversible(ruling: Ruling) -> bool:
    """A change of the legal reason has hidden nothing, and taken nothing from a queue."""
    return ruling.verdict in _REVERSE and "waited" in ruling.detail


def _hide_again(comment: Comment, before: Mapping[str, Any]) -> None:
    comment._set_hidden(reason=before["hidden_for"], note=before.get("hidden_note", ""))


def _show_again(comment: Comment, before: Mapping[str, Any]) -> None:
    comment._set_restored()
    _hold_again(comment, before)
    if comment.is_visible and (at := before.get("featured_at")):
        featured.add(comment, datetime.fromisoformat(at))  # if its place is still free


def _hold_again(comment: Comment, before: Mapping[str, Any]) -> None:
    if before.get("held_for"):
        comment._set_held(reason=before["held_for"])


_REVERSE: dict[Verdict, Callable[[Comment, Mapping[str, Any]], None]] = {
    Verdict.HIDE: _show_again,
    Verdict.RESTORE: _hide_again,
    Verdict.KEEP: _hold_again,
}

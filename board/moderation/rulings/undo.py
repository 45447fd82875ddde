"""Taking back what one has just decided about a comment."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from board.accounts.models import User
from board.comments.models import Comment
from board.db import db, now
from board.moderation import queue as moderation_queue
from board.moderation.rulings.models import Ruling, Verdict, append_ruling, latest_ruling
from board.runtime.hooks import Hook

# What else follows from it.
on_undo: Hook[Callable[[Ruling], None]] = Hook()

UNDO_FOR = timedelta(seconds=30)


class TooLate(Exception):
    """It is no longer to be undone: time has passed, or something else was decided since."""


def undo(ruling: Ruling, *, by: User) -> Ruling:
    """Take back what one has just decided about a comment: all is as it was. Raises TooLate."""
    comment = ruling.comment
    if comment is None or ruling.moderator_id != by.id or ruling.made_at < now() - UNDO_FOR:
        raise TooLate
    if db.session.scalar(latest_ruling(comment)) is not ruling or ruling.verdict not in _REVERSED:
        raise TooLate
    _REVERSED[Verdict(ruling.verdict)](comment, ruling.detail)
    moderation_queue.requeue(comment, ruling.detail["waited"])
    undone = append_ruling(Verdict.UNDO, by=by, comment=comment, reason="undone", undoes=ruling)
    for effect in on_undo:
        effect(ruling)
    return undone


def _hide_again(comment: Comment, before: Mapping[str, Any]) -> None:
    comment._set_hidden(reason=before["hidden_for"], note=before.get("hidden_note", ""))


def _show_again(comment: Comment, before: Mapping[str, Any]) -> None:
    comment._set_restored()
    _hold_again(comment, before)


def _hold_again(comment: Comment, before: Mapping[str, Any]) -> None:
    if before.get("held_for"):
        comment._set_held(reason=before["held_for"])


_REVERSED: dict[Verdict, Callable[[Comment, Mapping[str, Any]], None]] = {
    Verdict.HIDE: _show_again,
    Verdict.RESTORE: _hide_again,
    Verdict.KEEP: _hold_again,
}

"""Featuring comments (편집국 추천): an editor’s act, with an entry in the log."""

from collections.abc import Callable

from board.accounts.models import User
from board.comments.derived import featured
from board.comments.models import Comment
from board.db import now
from board.moderation.rulings.models import Ruling, Verdict, append_ruling
from board.runtime.hooks import Hook

# Effects of featuring a comment.
on_featured: Hook[Callable[[Comment], None]] = Hook()


class NoPlaceLeft(Exception):
    """As many comments of the article are featured as there can be."""


class NotReadable(Exception):
    """Readers cannot see the comment."""


def feature(comment: Comment, *, by: User) -> Ruling | None:
    """Show a comment on top of its thread. None, and nothing changes, if it is there already.
    Raises NotReadable and NoPlaceLeft."""
    if not comment.is_visible:
        raise NotReadable
    if comment.featured_at is not None:
        return None
    if not featured.add(comment, now()):
        raise NoPlaceLeft
    ruling = append_ruling(Verdict.FEATURE, by=by, comment=comment, reason="")
    for effect in on_featured:
        effect(comment)
    return ruling


def unfeature(comment: Comment, *, by: User) -> Ruling | None:
    """Take a comment away from the top of its thread. None if it is not there. Raises NotReadable:
    what is hidden has left the top by itself."""
    if not comment.is_visible:
        raise NotReadable
    if not featured.remove(comment):
        return None
    return append_ruling(Verdict.UNFEATURE, by=by, comment=comment, reason="")

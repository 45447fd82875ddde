"""Why a comment or a reaction was not stored, in the reader's words: what happened, and when to
try again."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from board.articles.steered import span
from board.articles.steering import Steering
from board.comments.editing import (
    CommentNotShown,
    EditedElsewhere,
    EditedTooLate,
    EditedTooOften,
)
from board.comments.models import Comment
from board.comments.posting import (
    AuthorSuspended,
    KeyReused,
    ParentGone,
    Refused,
    SameText,
    ThreadClosed,
    TooManyHere,
    TooManyToday,
    TooSoon,
)
from board.comments.reactions import (
    CommentGone,
    OwnComment,
    ReactedTooOften,
    ReactedTooSoon,
    ThreadFrozen,
)
from board.comments.steering import AccountTooNew, ThreadSlowed
from board.db import now
from board.language import clock, local

# 403: no other moment and no other text would change the answer; 409: things have changed.
_STATUS: dict[type[Refused], int] = {
    ThreadClosed: 409,
    ThreadFrozen: 409,
    AccountTooNew: 403,
    ParentGone: 409,
    CommentGone: 409,
    CommentNotShown: 409,
    EditedElsewhere: 409,
    KeyReused: 422,
    AuthorSuspended: 403,
    OwnComment: 403,
    EditedTooLate: 403,
    EditedTooOften: 403,
}


# What other slices refuse for, in their words.
_OTHERS: dict[type[Refused], Any] = {}


def explain(kind: type[Refused], words: Any, *, status: int) -> None:
    """How to tell a reader of a refusal that another slice raises. `words` translate lazily, or are
    made from the refusal."""
    _OTHERS[kind], _STATUS[kind] = words, status


def status(refusal: Refused) -> int:
    return _STATUS.get(type(refusal), 429)


def headers(refusal: Refused) -> dict[str, str]:
    return {"Retry-After": str(_seconds(refusal.retry_at))} if refusal.retry_at else {}


def why(refusal: Refused) -> str:
    if refusal.retry_at:
        return f"{_what(refusal)} {_when(refusal.retry_at)}"
    return _what(refusal)


def _what(refusal: Refused) -> str:
    texts = {
        ThreadClosed: _("This thread is closed."),
        ThreadFrozen: _("This thread can only be read at the moment."),
        AccountTooNew: _(
            "In this thread only accounts that are at least %(days)d days old can write.",
            days=Steering.SETTLED_AFTER.days,
        ),
        ParentGone: _("The comment you are answering is no longer there."),
        KeyReused: _(
            "An earlier text of this box has already been posted. "
            "Post again if you want this one to stand beside it."
        ),
        AuthorSuspended: _("This account is suspended."),
        TooSoon: _("Comments need a little time between them."),
        TooManyToday: _("You have written as many comments as one day allows."),
        TooManyHere: _(
            "You have written as many comments under this article as one person may. "
            "You can still reply to others."
        ),
        SameText: _("You have posted the same text already."),
        CommentNotShown: _("What others cannot read now cannot be edited."),
        EditedTooLate: _("The time in which this comment could be edited is over."),
        EditedTooOften: _(
            "A comment can be edited %(most)d times at most.", most=Comment.EDITS_MAX
        ),
        EditedElsewhere: _(
            "This comment has been edited elsewhere in the meantime. Both texts are shown here: "
            "save again if yours is to take the place of the other."
        ),
        OwnComment: _("You cannot react to your own comment."),
        CommentGone: _("This comment is no longer shown, so reactions to it have ended."),
        ReactedTooSoon: _("Reactions need a little time between them."),
        ReactedTooOften: _("You have reacted as often as one day allows, taking back included."),
    }
    if isinstance(refusal, ThreadSlowed):
        return _(
            "This thread is slowed down: one person writes once in %(span)s here.",
            span=span(refusal.seconds),
        )
    kind = type(refusal)
    if kind in texts:
        return texts[kind]
    words = _OTHERS[kind]
    return str(words(refusal) if callable(words) else words)


def _when(moment: datetime) -> str:
    """Seconds when it is soon, else the time of day."""
    seconds = _seconds(moment)
    if seconds <= 90:
        return ngettext(
            "Please try again in %(num)d second.", "Please try again in %(num)d seconds.", seconds
        )
    if moment - now() < timedelta(hours=1):
        minutes = -(-seconds // 60)
        return ngettext(
            "Please try again in %(num)d minute.", "Please try again in %(num)d minutes.", minutes
        )
    if local(moment).date() == local(now()).date():
        return _("Please try again after %(time)s.", time=local(moment).strftime("%H:%M"))
    return _("Please try again after %(time)s.", time=clock(moment))


def _seconds(moment: datetime) -> int:
    return max(1, -int(-(moment - now()).total_seconds() // 1))

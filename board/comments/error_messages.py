"""Why a comment or a reaction was not stored, in the reader's words: what happened, and when to
try again."""

from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from board.articles.thread_controls.labels import span
from board.articles.thread_controls.models import Steering
from board.comments.models import Comment
from board.comments.readers.reactions import (
    CommentGone,
    OwnComment,
    ReactedTooOften,
    ReactedTooSoon,
    ThreadFrozen,
)
from board.comments.writing.edit import (
    CommentNotShown,
    EditedElsewhere,
    EditedTooLate,
    EditedTooOften,
)
from board.comments.writing.errors import (
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
from board.comments.writing.thread_restrictions import AccountTooNew, ThreadSlowed
from board.db import now
from board.web.i18n import clock, local, today

Words = Any  # a lazy string, or what makes one of the refusal

# The status, and what readers are told. 403: no other moment and no other text would change the
# answer; 409: things have changed.
_TOLD: dict[type[Refused], tuple[int, Words]] = {
    ThreadClosed: (409, _("This thread is closed.")),
    ThreadFrozen: (409, _("This thread can only be read at the moment.")),
    ThreadSlowed: (
        429,
        lambda refusal: gettext(
            "This thread is slowed down: one person writes once in %(span)s here.",
            span=span(refusal.seconds),
        ),
    ),
    AccountTooNew: (
        403,
        _(
            "In this thread only accounts that are at least %(days)d days old can write.",
            days=Steering.SETTLED_AFTER.days,
        ),
    ),
    AuthorSuspended: (403, _("This account is suspended.")),
    ParentGone: (409, _("The comment you are answering is no longer there.")),
    KeyReused: (
        422,
        _(
            "An earlier text of this box has already been posted. "
            "Post again if you want this one to stand beside it."
        ),
    ),
    TooSoon: (429, _("Comments need a little time between them.")),
    TooManyToday: (429, _("You have written as many comments as one day allows.")),
    TooManyHere: (
        429,
        _(
            "You have written as many comments under this article as one person may. "
            "You can still reply to others."
        ),
    ),
    SameText: (429, _("You have posted the same text already.")),
    CommentNotShown: (409, _("What others cannot read now cannot be edited.")),
    EditedTooLate: (403, _("The time in which this comment could be edited is over.")),
    EditedTooOften: (
        403,
        _("A comment can be edited %(most)d times at most.", most=Comment.EDITS_MAX),
    ),
    EditedElsewhere: (
        409,
        _(
            "This comment has been edited elsewhere in the meantime. Both texts are shown here: "
            "save again if yours is to take the place of the other."
        ),
    ),
    OwnComment: (403, _("You cannot react to your own comment.")),
    CommentGone: (409, _("This comment is no longer shown, so reactions to it have ended.")),
    ReactedTooSoon: (429, _("Reactions need a little time between them.")),
    ReactedTooOften: (
        429,
        _("You have reacted as often as one day allows, taking back included."),
    ),
}


def explain(kind: type[Refused], words: Words, *, status: int) -> None:
    """How to tell a reader of a refusal that another slice raises."""
    _TOLD[kind] = status, words


def status(refusal: Refused) -> int:
    return _TOLD[type(refusal)][0]


def headers(refusal: Refused) -> dict[str, str]:
    return {"Retry-After": str(_seconds(refusal.retry_at))} if refusal.retry_at else {}


def why(refusal: Refused) -> str:
    _status, words = _TOLD[type(refusal)]
    what = str(words(refusal) if callable(words) else words)
    return f"{what} {_when(refusal.retry_at)}" if refusal.retry_at else what


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
    if local(moment).date() == today():
        return gettext("Please try again after %(time)s.", time=local(moment).strftime("%H:%M"))
    return gettext("Please try again after %(time)s.", time=clock(moment))


def _seconds(moment: datetime) -> int:
    return max(1, -int(-(moment - now()).total_seconds() // 1))

"""Error messages for readers: why a comment or reaction was not stored, and when to try again."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from flask import current_app
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _

from board.articles.thread_controls.labels import format_duration
from board.articles.thread_controls.models import ThreadRestriction
from board.comments.models import Comment
from board.comments.viewer.reactions import (
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
from board.comments.writing.verified_email import EmailNotVerified
from board.db import now
from board.db.clock import local, today
from board.runtime.metrics.families import Counter
from board.web.i18n import format_datetime

Message = Any  # a lazy string, or a function from the refusal to a string

# HTTP status and message. 403: neither waiting nor another text would help; 409: the
# comment, its parent or the thread has changed.
_MESSAGES: dict[type[Refused], tuple[int, Message]] = {
    ThreadClosed: (409, _("This thread is closed.")),
    ThreadFrozen: (409, _("This thread is read-only at the moment.")),
    ThreadSlowed: (
        429,
        lambda refusal: gettext(
            "Slow mode is on: you can post once every %(span)s.",
            span=format_duration(refusal.seconds),
        ),
    ),
    AccountTooNew: (
        403,
        _(
            "Only accounts at least %(days)d days old can post in this thread.",
            days=ThreadRestriction.MIN_ACCOUNT_AGE.days,
        ),
    ),
    AuthorSuspended: (403, _("This account is suspended.")),
    EmailNotVerified: (403, _("Please verify your email address first, under “My account”.")),
    ParentGone: (409, _("The comment you are replying to is no longer available.")),
    KeyReused: (
        422,
        _(
            "An earlier draft from this box has already been posted. Post again to publish this "
            "one as well."
        ),
    ),
    TooSoon: (
        429,
        lambda _refusal: gettext(
            "You can post once every %(span)s.", span=_duration("COMMENT_INTERVAL_SECONDS")
        ),
    ),
    TooManyToday: (429, _("You’ve reached today’s comment limit.")),
    TooManyHere: (
        429,
        _("You’ve reached the comment limit for this article. You can still reply to others."),
    ),
    SameText: (429, _("You have already posted the same text.")),
    CommentNotShown: (409, _("You can’t edit a comment while it is hidden or under review.")),
    EditedTooLate: (403, _("The time for editing this comment is over.")),
    EditedTooOften: (
        403,
        _("A comment can be edited up to %(most)d times.", most=Comment.EDITS_MAX),
    ),
    EditedElsewhere: (
        409,
        _(
            "This comment has been edited elsewhere in the meantime. Both versions are shown "
            "here: save again to replace the other with yours."
        ),
    ),
    OwnComment: (403, _("You can’t react to your own comment.")),
    CommentGone: (409, _("This comment is no longer shown, so you can’t react to it.")),
    ReactedTooSoon: (
        429,
        lambda _refusal: gettext(
            "You can react once every %(span)s.", span=_duration("REACTION_INTERVAL_SECONDS")
        ),
    ),
    ReactedTooOften: (
        429,
        _("You’ve reached today’s reaction limit."),
    ),
}

REFUSALS = Counter(
    "board_refusals_total", "Comments, edits, reactions and reports refused, by reason.",
    reason=tuple(refusal.__name__ for refusal in _MESSAGES),
)  # fmt: skip


def register_message(refusal_type: type[Refused], message: Message, *, status: int) -> None:
    """Add the message for a refusal that another slice raises."""
    _MESSAGES[refusal_type] = status, message
    REFUSALS.add_series(refusal_type.__name__)


def refusal_messages() -> Iterable[tuple[type[Refused], tuple[int, Message]]]:
    """Status and message of each refusal, those of other slices too."""
    return _MESSAGES.items()


def status(refusal: Refused) -> int:
    """The HTTP status of the response, which is counted."""
    REFUSALS.inc(type(refusal).__name__)
    return _MESSAGES[type(refusal)][0]


def headers(refusal: Refused) -> dict[str, str]:
    return {"Retry-After": str(_seconds_until(refusal.retry_at))} if refusal.retry_at else {}


def message_for(refusal: Refused) -> str:
    _status, message = _MESSAGES[type(refusal)]
    text = str(message(refusal) if callable(message) else message)
    return f"{text} {_retry_text(refusal.retry_at)}" if refusal.retry_at else text


def _duration(setting: str) -> str:
    """A setting in seconds as text: 60 seconds, 3 minutes."""
    seconds: int = current_app.config[setting]
    if seconds < 120:
        return ngettext("%(num)d second", "%(num)d seconds", seconds)
    return format_duration(seconds)


def _retry_text(moment: datetime) -> str:
    """Seconds up to 90 s, minutes within an hour, then the time of day or the date."""
    seconds = _seconds_until(moment)
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
    return gettext("Please try again after %(time)s.", time=format_datetime(moment))


def _seconds_until(moment: datetime) -> int:
    return max(1, -int(-(moment - now()).total_seconds() // 1))

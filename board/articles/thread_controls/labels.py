"""Labels and texts of thread restrictions, and the thread state of a page."""

from collections.abc import Iterable, Mapping

from flask import Flask, g
from flask_babel import gettext, ngettext

from board.articles.thread_controls.models import RestrictionKind, ThreadRestriction
from board.articles.thread_controls.restrictable import Restrictable
from board.articles.thread_controls.state import ThreadState, thread_states
from board.web.page_cache.validity import cache_until


def init_app(app: Flask) -> None:
    app.add_template_global(restriction_text)
    app.add_template_global(restriction_label)
    app.add_template_global(format_duration)


def page_thread_states(articles: Iterable[Restrictable]) -> Mapping[int, ThreadState]:
    """Thread states by article id. The page is cached no longer than they are valid."""
    states = thread_states(articles)
    for state in states.values():
        cache_until(state.until)
    return states


def page_thread_state(article: Restrictable) -> ThreadState:
    """The same for one article, queried once per request."""
    cached: dict[tuple[int, bool, str], ThreadState] = g.setdefault("thread_states", {})
    key = article.id, article.closed_at is None, article.state
    if key not in cached:
        cached[key] = page_thread_states([article])[article.id]
    return cached[key]


def format_duration(seconds: int) -> str:
    """A duration of slow mode in whole units: 30 seconds, 3 minutes, 1 hour."""
    if seconds % 3600 == 0:
        return ngettext("%(num)d hour", "%(num)d hours", seconds // 3600)
    if seconds % 60 == 0:
        return ngettext("%(num)d minute", "%(num)d minutes", seconds // 60)
    return ngettext("%(num)d second", "%(num)d seconds", seconds)


def restriction_text(measure: str, seconds: int = 0) -> str:
    """Explanation of a restriction for readers."""
    days = ThreadRestriction.MIN_ACCOUNT_AGE.days
    return {
        RestrictionKind.STOP: gettext("Comments are not available here at the moment."),
        RestrictionKind.FREEZE: gettext(
            "Comments are read-only at the moment. Posting, editing and reacting are paused."
        ),
        RestrictionKind.CLOSE: gettext("New comments are not accepted at the moment."),
        RestrictionKind.HOLD: gettext(
            "A moderator checks every new comment before it is published."
        ),
        RestrictionKind.ESTABLISHED_ONLY: gettext(
            "Only accounts at least %(days)d days old can post.", days=days
        ),
        RestrictionKind.SLOW: gettext(
            "Slow mode: you can post once every %(span)s.",
            span=format_duration(seconds or ThreadRestriction.SECONDS[0]),
        ),
        RestrictionKind.LATEST: gettext("Comments are shown newest first only."),
        RestrictionKind.FOLD: gettext("Comments are collapsed. Open them to read."),
    }[RestrictionKind(measure)]


def restriction_label(measure: str, seconds: int = 0) -> str:
    """Name of a restriction at the desk."""
    days = ThreadRestriction.MIN_ACCOUNT_AGE.days
    label = {
        RestrictionKind.STOP: gettext("Hide the whole thread"),
        RestrictionKind.FREEZE: gettext("Read-only"),
        RestrictionKind.CLOSE: gettext("No new comments"),
        RestrictionKind.HOLD: gettext("Pre-moderate all comments"),
        RestrictionKind.ESTABLISHED_ONLY: gettext(
            "Only accounts older than %(days)s days", days=days
        ),
        RestrictionKind.SLOW: gettext("Slow mode"),
        RestrictionKind.LATEST: gettext("Newest first only"),
        RestrictionKind.FOLD: gettext("Collapsed by default"),
    }[RestrictionKind(measure)]
    return (
        f"{label} ({format_duration(seconds)})"
        if measure == RestrictionKind.SLOW and seconds
        else label
    )

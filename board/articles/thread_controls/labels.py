"""How a thread is steered, as pages say it."""

from collections.abc import Iterable, Mapping

from flask import Flask, g
from flask_babel import gettext, ngettext

from board.articles.thread_controls.models import Measure, Steered, Steering
from board.articles.thread_controls.state import Course, courses
from board.web.page_cache.validity import cache_until


def init_app(app: Flask) -> None:
    app.add_template_global(measure_sentence)
    app.add_template_global(measure_label)
    app.add_template_global(span)


def shown_courses(articles: Iterable[Steered]) -> Mapping[int, Course]:
    """How each of these is steered, for an answer that is good only until that changes."""
    found = courses(articles)
    for course in found.values():
        cache_until(course.until)
    return found


def shown_course(article: Steered) -> Course:
    """The same of one, asked once however many parts of a page want to know."""
    known: dict[tuple[int, bool], Course] = g.setdefault("courses", {})
    key = article.id, article.closed_at is None
    if key not in known:
        known[key] = shown_courses([article])[article.id]
    return known[key]


def span(seconds: int) -> str:
    """30 seconds, 3 minutes, an hour: in whole units, as slow mode knows them."""
    if seconds % 3600 == 0:
        return ngettext("%(num)d hour", "%(num)d hours", seconds // 3600)
    if seconds % 60 == 0:
        return ngettext("%(num)d minute", "%(num)d minutes", seconds // 60)
    return ngettext("%(num)d second", "%(num)d seconds", seconds)


def measure_sentence(measure: str, seconds: int = 0) -> str:
    """What readers are told of it."""
    days = Steering.SETTLED_AFTER.days
    return {
        Measure.STOP: gettext("Comments are not available here at the moment."),
        Measure.FREEZE: gettext(
            "Comments are read-only at the moment. Posting, editing and reacting are paused."
        ),
        Measure.CLOSE: gettext("New comments are not accepted at the moment."),
        Measure.HOLD: gettext("A moderator checks every new comment before it is published."),
        Measure.SETTLED: gettext("Only accounts at least %(days)d days old can post.", days=days),
        Measure.SLOW: gettext(
            "Slow mode: you can post once every %(span)s.",
            span=span(seconds or Steering.SECONDS[0]),
        ),
        Measure.LATEST: gettext("Comments are shown newest first only."),
        Measure.FOLD: gettext("Comments are collapsed. Open them to read."),
    }[Measure(measure)]


def measure_label(measure: str, seconds: int = 0) -> str:
    """What the desk calls it."""
    days = Steering.SETTLED_AFTER.days
    label = {
        Measure.STOP: gettext("Hide the whole thread"),
        Measure.FREEZE: gettext("Read-only"),
        Measure.CLOSE: gettext("No new comments"),
        Measure.HOLD: gettext("Pre-moderate all comments"),
        Measure.SETTLED: gettext("Only accounts older than %(days)s days", days=days),
        Measure.SLOW: gettext("Slow mode"),
        Measure.LATEST: gettext("Newest first only"),
        Measure.FOLD: gettext("Collapsed by default"),
    }[Measure(measure)]
    return f"{label} ({span(seconds)})" if measure == Measure.SLOW and seconds else label

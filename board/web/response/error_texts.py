"""Titles and sentences of error pages."""

from typing import Any

from flask import request
from flask_babel import lazy_gettext as _

# A page needs one of each: they are looked up in the catalogue when they are read.
_TITLES = {
    400: _("This request could not be understood"),
    401: _("Please sign in"),
    403: _("You don’t have access to this page"),
    404: _("Page not found"),
    405: _("That action isn’t available"),
    408: _("It took too long to arrive"),
    409: _("This has changed in the meantime"),
    410: _("This article has been withdrawn"),
    413: _("That is too much at once"),
    414: _("That address is too long"),
    415: _("This format is not accepted"),
    429: _("Too many requests"),
    500: _("Something went wrong"),
    503: _("The site is busy"),
}
_TEXTS: dict[Any, Any] = {
    "foreign": _("The request did not come from a page of this site. Open the page and try again."),
    "unreadable": _("It contains characters we can’t read. Please type it again."),
    "repeated": _("The same field was sent twice."),
    "idle": _(
        "You were signed out after 30 minutes without activity, and nothing was changed. "
        "Please sign in and try again."
    ),
    "no room": _(
        "The site cannot store anything at the moment. Nothing was saved. You can go on "
        "reading; please try again later."
    ),
    "second factor": _(
        "This session has not passed two-step verification. Enter the code, then come back "
        "and try again."
    ),
    "frozen": _(
        "There is a freeze of 24 hours on your access to the desk. A colleague who appoints staff "
        "can end it earlier."
    ),
    "decided": _("Another moderator has already dealt with this comment. Nothing was changed."),
    "too late": _(
        "Too late to undo: more than 30 seconds have passed, or it has been decided again."
    ),
    400: _("Please go back and try again."),
    401: _("Please sign in to do this. What you wrote is kept below."),
    404: _("It may have been moved or removed. The latest articles are on the front page."),
    405: _("Go back and use the buttons on the page."),
    408: _("The connection was too slow or broke off. Please send it again."),
    409: _("Please reload the page and check."),
    410: _("The newsroom no longer shows it and its comments."),
    413: _("Please send less."),
    414: _("Please use the links on the page."),
    415: _("Please use the form on the page."),
    500: _("We’ve logged the error. Nothing was saved; please try again."),
    503: _("Nothing was saved. Please try again in a moment."),
}
_NO_ACCESS_TO_DESK = _("If you need access, ask the newsroom.")
_GO_BACK = _("Please go back and try again.")


def error_title(code: int) -> str:
    """The title of an error page by status code."""
    return str(_TITLES.get(code, _("That didn’t work")))


def error_text(code: int, reason: str | None = None) -> str:
    """The sentence for a reason given to `abort`, else for the status code."""
    if reason not in _TEXTS and code == 403 and request.path.startswith("/desk"):
        return str(_NO_ACCESS_TO_DESK)
    return str(_TEXTS.get(reason if reason in _TEXTS else code, _GO_BACK))

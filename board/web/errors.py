"""Error pages, and application/problem+json (RFC 9457) for programs."""

import json
from collections.abc import Mapping
from typing import Any

from flask import Flask, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from board.db import db
from board.db.write_lock import LockTimeout
from board.runtime import disk
from board.runtime.limiter import QueueFull
from board.text import mark_unreadable
from board.web.access import forget_viewer
from board.web.request.disk_guard import NoRoom
from board.web.request.first_fields import first_fields
from board.web.request.guard import is_cross_site
from board.web.request.origins import is_source_request

# Fields in which people write, of any form.
_WRITTEN = ("body", "text", "title", "labels", "case", "link", "reason", "recipient", "q")

# Refusals that may meet somebody who wrote something on a page of ours.
_READ_AFTER_ALL = (401, 403, 408, 413, 503)


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _show_error)
    app.register_error_handler(LockTimeout, _show_busy)
    app.register_error_handler(QueueFull, _show_busy)
    app.register_error_handler(OperationalError, _show_database_trouble)
    app.register_error_handler(OSError, _show_file_trouble)
    app.register_error_handler(500, _show_crash)


def error_page_for(error: Exception) -> ResponseReturnValue:
    """The page that says what went wrong."""
    return _show_error(error) if isinstance(error, HTTPException) else _show_busy(error)


def _show_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:  # a redirect raised as an exception
        return error
    if isinstance(error, SecurityError):  # an unknown host, for which no URL can be built
        return Response("Bad Request: this is not the address of the board.\n", 400)
    code, reason = error.code or 500, error.description
    links = [(_("Enter the code"), url_for("second_factor.code_form"))]
    page = _error_page(
        code,
        title=_("Nothing can be saved right now")
        if isinstance(error, NoRoom)
        else _titles().get(code),
        text=getattr(error, "message", None) or _text(code, reason),
        retry_after=getattr(error, "retry_after", None),
        links=links if reason == "second factor" else (),
    )
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        page.headers["Allow"] = ", ".join(error.valid_methods)
    return page


def _show_busy(error: Exception) -> ResponseReturnValue:
    return _error_page(503, title=_titles()[503], text=_text(503), retry_after=1)


def _show_database_trouble(error: OperationalError) -> ResponseReturnValue:
    """The disk is full or another program holds the file: nothing was stored, reads may work."""
    current_app.logger.error("database: %s", error.orig)
    db.session.rollback()
    return _show_error(NoRoom()) if disk.is_trouble(error.orig) else _show_busy(error)


def _show_file_trouble(error: OSError) -> ResponseReturnValue:
    if not disk.is_trouble(error):
        raise error
    current_app.logger.error("a file could not be written: %s", error.strerror)
    db.session.rollback()
    return _show_error(NoRoom())


def _show_crash(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    return _error_page(500, title=_titles()[500], text=_text(500))


def _error_page(
    code: int, *, title: str | None, text: str, retry_after: int | None = None, links: Any = ()
) -> Response:
    title = title or _("That didn’t work")
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    if request.path.startswith("/api/") and not is_source_request():  # RFC 9457
        problem = {"type": "about:blank", "title": title, "status": code, "detail": text}
        return Response(json.dumps(problem), code, headers, mimetype="application/problem+json")
    # The text that was sent is shown again, so that no error costs anybody their words.
    context = {
        "code": code,
        "title": title,
        "text": text,
        "retry_after": retry_after,
        "typed_text": _typed_text(code),
        "links": links,
    }
    try:
        page = render_template("error.html", **context)
    except DBAPIError:  # neither the viewer nor their notifications can be looked up
        forget_viewer()
        page = render_template("error.html", **context)
    return Response(page, code, headers, mimetype="text/html")


def _typed_text(code: int) -> str:
    """What was written, also in some requests that were refused before they were read."""
    if "form" in request.__dict__:
        return _joined(request.form)
    return _joined(first_fields()) if code in _READ_AFTER_ALL and not is_cross_site() else ""


def _joined(fields: Mapping[str, str]) -> str:
    values = [fields.get(name, "").strip() for name in _WRITTEN]
    return mark_unreadable("\n\n".join(value for value in values if value))


def _titles() -> dict[int, str]:
    return {
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


def _text(code: int, reason: str | None = None) -> str:
    """The sentence for a reason given to `abort`, else for the status code."""
    texts: dict[Any, str] = _texts_by_reason() | _texts_by_code()
    return texts.get(reason) or texts.get(code) or _("Please go back and try again.")


def _texts_by_reason() -> dict[str, str]:
    return {
        "foreign": _(
            "The request did not come from a page of this site. Open the page and try again."
        ),
        "unreadable": _("It contains characters we can’t read. Please type it again."),
        "repeated": _("The same field was sent twice."),
        "no room": _(
            "The site cannot store anything at the moment. Nothing was saved. You can go on "
            "reading; please try again later."
        ),
        "second factor": _(
            "This session has not passed two-step verification. Enter the code, then come back "
            "and try again."
        ),
        "decided": _("Another moderator has already dealt with this comment. Nothing was changed."),
        "too late": _(
            "Too late to undo: more than 30 seconds have passed, or it has been decided again."
        ),
    }


def _texts_by_code() -> dict[int, str]:
    return {
        400: _("Please go back and try again."),
        401: _("Please sign in to do this. What you wrote is kept below."),
        403: _forbidden_text(),
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


def _forbidden_text() -> str:
    if request.path.startswith("/desk"):
        return _("If you need access, ask the newsroom.")
    return _("Please go back and try again.")

"""Error pages, and application/problem+json (RFC 9457) for programs."""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError

from board.db import db
from board.db.write_lock import LockTimeout
from board.runtime import disk
from board.runtime.limiter import QueueFull
from board.text import mark_unreadable
from board.web.access import forget_viewer, viewer
from board.web.forms import safe_redirect_path
from board.web.request.body import TooManyUploads
from board.web.request.disk_guard import NoRoom
from board.web.request.first_fields import first_fields
from board.web.request.guard import is_cross_site
from board.web.request.observability.request_id import request_id
from board.web.request.observability.security_events import record_forbidden
from board.web.request.origins import is_source_request
from board.web.response.cors import is_api_request
from board.web.response.error_texts import error_text, error_title
from board.web.response.problems import Problem, problem_of_status, problem_url

# Fields in which people write, of any form.
_WRITTEN = (
    "body", "text", "title", "labels", "case", "link", "reason", "note", "says", "recipient", "q",
)  # fmt: skip

# Refusals that may meet somebody who wrote something on a page of ours.
_READ_AFTER_ALL = (401, 403, 408, 413, 500, 503)


def init_app(app: Flask) -> None:
    app.register_error_handler(HTTPException, _show_error)
    app.register_error_handler(LockTimeout, _show_busy)
    app.register_error_handler(QueueFull, _show_busy)
    app.register_error_handler(TooManyUploads, _show_busy)
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
        return Response(
            "Bad Request: this is not the address of the board.\n", 400, mimetype="text/plain"
        )
    code, reason = error.code or 500, error.description
    if code == 403:
        record_forbidden(reason, viewer)
    if isinstance(error, Problem) and is_api_request():
        return _problem(
            code, error.type, error.title, error.message, error.headers, **error.members
        )
    page = _error_page(
        code,
        title=_("Nothing can be saved right now") if isinstance(error, NoRoom) else None,
        text=getattr(error, "message", None) or error_text(code, reason),
        retry_after=getattr(error, "retry_after", None),
        links=_links(code, reason),
    )
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        page.headers["Allow"] = ", ".join(error.valid_methods)
    return page


def _links(code: int, reason: str | None) -> list[tuple[str, str]]:
    """Where to go on: to sign in, and from there back to the page the form was on."""
    if reason == "second factor":
        return [(_("Enter the code"), url_for("second_factor.code_form"))]
    if is_source_request():
        return []
    if code == 401:
        return [(_("Sign in"), url_for("accounts.sign_in_form", next=page_before()))]
    return [(_("Back"), page_before())] if code == 409 and _is_page(page_before()) else []


def _is_page(path: str) -> bool:
    """Whether a path other than that of the front page can be opened: a form’s own cannot."""
    routes = current_app.create_url_adapter(request)
    return path != "/" and routes is not None and routes.test(urlsplit(path).path, "GET")


def page_before() -> str:
    """Path of the page of ours that the request came from."""
    with suppress(ValueError):  # nonsense that no browser sends
        before = urlsplit(request.referrer or "")
        return safe_redirect_path(before._replace(scheme="", netloc="", fragment="").geturl())
    return "/"


def _show_busy(error: Exception) -> ResponseReturnValue:
    return _error_page(503, text=error_text(503), retry_after=1)


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
    return _error_page(500, text=error_text(500))


def _error_page(
    code: int,
    *,
    text: str,
    title: str | None = None,
    retry_after: int | None = None,
    links: Any = (),
) -> Response:
    title = title or error_title(code)
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    if is_api_request():  # RFC 9457
        return _problem(code, problem_of_status(code), title, text, headers)
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
    except Exception:
        forget_viewer()
        page = render_template("error.html", **context)
    return Response(page, code, headers, mimetype="text/html")


def _problem(
    code: int, name: str, title: str, detail: str, headers: Mapping[str, str], **members: Any
) -> Response:
    """RFC 9457; `request_id` is a member of our own (3.2)."""
    problem = {"type": problem_url(name), "title": title, "status": code, "detail": detail}
    text = json.dumps({**problem, **members, "request_id": request_id()})
    return Response(text, code, headers, mimetype="application/problem+json")


def _typed_text(code: int) -> str:
    """What was written, also in some requests that were refused before they were read."""
    if "form" in request.__dict__:
        return _joined(request.form)
    return _joined(first_fields()) if code in _READ_AFTER_ALL and not is_cross_site() else ""


def _joined(fields: Mapping[str, str]) -> str:
    values = [fields.get(name, "").strip() for name in _WRITTEN]
    return mark_unreadable("\n\n".join(value for value in values if value))

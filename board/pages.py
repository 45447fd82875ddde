"""What every page shares: headers, errors, the language switch, and the answers to monitors."""

import json
from functools import cache
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from flask_babel import gettext as _
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, OperationalError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, SecurityError
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import BaseConverter

from board import schema
from board.access import everyone, forget_viewer, open_to, viewer
from board.db import db, now
from board.forms import ROW_ID, own_path
from board.hosts import for_sources, is_https
from board.language import COOKIE, LANGUAGES
from board.lock import Busy
from board.turns import TooBusy

bp = Blueprint("pages", __name__)

NOTICES = (
    "signed_up", "renamed", "password_changed", "session_ended", "deleted", "saved", "opened",
    "closed", "hidden", "held", "restored", "reported", "unreported", "kept", "undone", "decided",
    "muted", "unmuted", "erased",
    "steered", "released", "left", "warned", "premoderated", "suspended", "banned", "lifted",
    "upheld", "rejected", "blocked", "removed", "rebutted", "claim_rejected",
)  # fmt: skip


class IdConverter(BaseConverter):
    """A row's id in a URL: ASCII digits that fit the column. Anything else is no such page."""

    regex = ROW_ID

    def to_python(self, value: str) -> int:
        return int(value)


def init_app(app: Flask) -> None:
    app.after_request(_secure)
    app.register_error_handler(HTTPException, _show_error)
    app.register_error_handler(Busy, _show_busy)
    app.register_error_handler(TooBusy, _show_busy)
    app.register_error_handler(OperationalError, _show_database_trouble)
    app.register_error_handler(500, _show_crash)
    app.context_processor(_shared)
    app.jinja_env.globals.pop("config")  # no template can print a secret
    if hops := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]


def _shared() -> dict[str, Any]:
    notice = request.args.get("notice")
    return {
        "viewer": viewer(),
        "site_name": current_app.config["SITE_NAME"],
        "lang": str(get_locale()),
        "notice": notice if notice in NOTICES else None,
    }


def _secure(response: Response) -> Response:
    config = current_app.config
    said = {name.lower() for name, _ in response.headers}  # a slice may be stricter on its pages
    is_page = response.mimetype == "text/html"
    protection = _protection(config["IMAGE_ORIGINS"], is_page=is_page, https=is_https())
    response.headers.extend(pair for pair in protection if pair[0].lower() not in said)
    if request.endpoint != "static" or response.status_code >= 400:
        _say_who_may_keep(response)
    return response


@cache
def _protection(
    image_origins: tuple[str, ...], *, is_page: bool, https: bool
) -> list[tuple[str, str]]:
    """What every answer tells browsers never to do with it. Data, which programs read thousands of
    times, does without what only a page can do."""
    headers = {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    page_headers = {
        "Content-Security-Policy": (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            f"img-src 'self' {' '.join(image_origins)}; manifest-src 'self'; base-uri 'none'; "
            "form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
            "trusted-types 'none'"
        ),
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "strict-origin-when-cross-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": (
            "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
        ),
    }
    if is_page:
        headers |= page_headers
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return list(headers.items())


def _say_who_may_keep(response: Response) -> None:
    """Guests' pages are the same for all and may be kept; anything else is for one pair of eyes."""
    response.headers["Vary"] = "Cookie"
    if "Cache-Control" in response.headers:
        return
    public = request.method in ("GET", "HEAD") and response.status_code == 200
    if public and not viewer().is_authenticated and "Set-Cookie" not in response.headers:
        response.headers["Cache-Control"] = "public, no-cache"
        response.add_etag(weak=True)  # the same page, compressed or not
        if request.if_none_match:
            response.make_conditional(request)
    else:
        response.headers["Cache-Control"] = "private, no-store"


def _show_error(error: HTTPException) -> ResponseReturnValue:
    if error.response is not None:  # a redirect in the guise of an error
        return error
    if isinstance(error, SecurityError):  # a host we do not know: no page of ours has an address
        return Response("Bad Request: this is not the address of the board.\n", 400)
    code, why = error.code or 500, error.description
    ways = [(_("Enter the code"), url_for("second_factor.code_form"))]
    page = _error_page(
        code,
        title=_titles().get(code),
        text=getattr(error, "told", None) or _text(code, why),
        ways=ways if why == "second factor" else (),
    )
    if isinstance(error, MethodNotAllowed) and error.valid_methods:
        page.headers["Allow"] = ", ".join(error.valid_methods)
    return page


def _show_busy(error: Exception) -> ResponseReturnValue:
    return _error_page(503, title=_titles()[503], text=_text(503), retry_after=1)


def _show_database_trouble(error: OperationalError) -> ResponseReturnValue:
    """Disk full, held by another program: nothing was stored, and reading may still work."""
    current_app.logger.error("database: %s", error.orig)
    db.session.rollback()
    return _show_busy(error)


def _show_crash(error: Exception) -> ResponseReturnValue:
    db.session.rollback()
    return _error_page(500, title=_titles()[500], text=_text(500))


def _error_page(
    code: int, *, title: str | None, text: str, retry_after: int | None = None, ways: Any = ()
) -> Response:
    title = title or _("That didn’t work")
    headers = {"Retry-After": str(retry_after)} if retry_after else {}
    if request.path.startswith("/api/") and not for_sources():  # RFC 9457
        problem = {"type": "about:blank", "title": title, "status": code, "detail": text}
        return Response(json.dumps(problem), code, headers, mimetype="application/problem+json")
    # What was typed is shown again, so that no error costs anybody their words.
    typed = {} if code in (413, 415) else request.form
    kept = typed.get("body") or typed.get("text")
    told = {"code": code, "title": title, "text": text, "retry_after": retry_after}
    try:
        page = render_template("error.html", **told, kept=kept, ways=ways)
    except DBAPIError:  # nobody can look up who asks, or what is new to them
        forget_viewer()
        page = render_template("error.html", **told, kept=kept, ways=ways)
    return Response(page, code, headers, mimetype="text/html")


def _titles() -> dict[int, str]:
    return {
        400: _("This request could not be understood"),
        401: _("Please sign in"),
        403: _("You don’t have access to this page"),
        404: _("Page not found"),
        405: _("That action isn’t available"),
        409: _("This has changed in the meantime"),
        413: _("That is too much at once"),
        414: _("That address is too long"),
        415: _("This format is not accepted"),
        429: _("Too many requests"),
        500: _("Something went wrong"),
        503: _("The site is busy"),
    }


def _text(code: int, why: str | None = None) -> str:
    if why == "foreign":
        return _("The request did not come from a page of this site. Open the page and try again.")
    if why == "unreadable":
        return _("It contains characters we can’t read. Please type it again.")
    if why == "repeated":
        return _("The same field was sent twice.")
    if why == "second factor":
        return _(
            "This session has not passed two-step verification. Enter the code, then come back "
            "and try again."
        )
    if why == "decided":
        return _("Another moderator has already dealt with this comment. Nothing was changed.")
    if why == "too late":
        return _(
            "Too late to undo: more than 30 seconds have passed, or it has been decided again."
        )
    texts = {
        400: _("Please go back and try again."),
        401: _("Please sign in to do this. What you wrote is kept below."),
        403: _ask_for_access(),
        404: _("It may have been moved or removed. The latest articles are on the front page."),
        405: _("Go back and use the buttons on the page."),
        409: _("Please reload the page and check."),
        413: _("Please send less."),
        414: _("Please use the links on the page."),
        415: _("Please use the form on the page."),
        500: _("We’ve logged the error. Nothing was saved; please try again."),
        503: _("Nothing was saved. Please try again in a moment."),
    }
    return texts.get(code, _("Please go back and try again."))


def _ask_for_access() -> str:
    if request.path.startswith("/desk"):
        return _("If you need access, ask the newsroom.")
    return _("Please go back and try again.")


@bp.post("/language")
@open_to(everyone)
def language() -> ResponseReturnValue:
    response = redirect(own_path(request.form.get("next")), 303)
    if (chosen := request.form.get("lang")) in LANGUAGES:
        secure = is_https()
        response.set_cookie(
            COOKIE, str(chosen), max_age=31536000, samesite="Lax", secure=secure, httponly=True
        )
    return response


@bp.get("/healthz")
@open_to(everyone)
def healthz() -> ResponseReturnValue:
    """The process answers. Looks at nothing else, so a locked database restarts no one."""
    return {"ok": True}, 200, {"Cache-Control": "no-store"}


@bp.get("/readyz")
@open_to(everyone)
def readyz() -> ResponseReturnValue:
    """The board can serve: the database opens and has the tables this code expects."""
    state = schema.state(db.engine)
    db.session.execute(text("SELECT 1"))
    ready = state is schema.State.CURRENT
    body = {"ready": ready, "schema": state.value, "time": now().isoformat()}
    return body, 200 if ready else 503, {"Cache-Control": "no-store"}

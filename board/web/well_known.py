"""Addresses that programs ask for on any site: health, robots.txt, favicon, change-password."""

from flask import Blueprint, Response, current_app, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from board.db import db, now, schema
from board.web.access import everyone, members, open_to

bp = Blueprint("well_known", __name__)

# Nothing for readers of search results, and one comment each. Pages say noindex, too.
ROBOTS = """User-agent: *
Disallow: /account
Disallow: /comments/
Disallow: /desk
Disallow: /sign-in
Disallow: /sign-up
Disallow: /*/comments/search
"""
_DAY = "public, max-age=86400"


@bp.get("/robots.txt")
@open_to(everyone)
def robots() -> ResponseReturnValue:
    return Response(ROBOTS, mimetype="text/plain")


@bp.get("/favicon.ico")
@open_to(everyone)
def favicon() -> ResponseReturnValue:
    """For what does not read the page's icon: feed readers, older browsers, bookmarks."""
    response = current_app.send_static_file("favicon.ico")
    response.headers["Cache-Control"] = _DAY
    return response


@bp.get("/.well-known/change-password")
@open_to(members)
def change_password() -> ResponseReturnValue:
    """Where a password is changed, for password managers.

    Source: W3C, A Well-Known URL for Changing Passwords.
    """
    return redirect(url_for("accounts.account", _anchor="password-title"), 303)


@bp.get("/healthz")
@open_to(everyone)
def healthz() -> ResponseReturnValue:
    """Liveness: the process answers. Checks nothing else, so a locked database restarts nothing."""
    return {"ok": True}, 200, {"Cache-Control": "no-store"}


@bp.get("/readyz")
@open_to(everyone)
def readyz() -> ResponseReturnValue:
    """Readiness: the database opens and has the tables this code expects."""
    state = schema.state(db.engine)
    db.session.execute(text("SELECT 1"))
    ready = state is schema.State.CURRENT
    body = {"ready": ready, "schema": state.value, "time": now().isoformat()}
    return body, 200 if ready else 503, {"Cache-Control": "no-store"}

"""Addresses that programs ask for on any site: health, robots.txt, favicon, security.txt, and where
a password is changed.
"""

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import text

from board.db import db, now, schema
from board.runtime import disk
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
_CONTACT_VALID_FOR = timedelta(days=90)  # RFC 9116 asks for less than a year


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


@bp.get("/.well-known/security.txt")
@open_to(everyone)
def security_txt() -> ResponseReturnValue:
    """Whom to tell about a hole in the board (RFC 9116). 404 without BOARD_SECURITY_CONTACT."""
    contacts = current_app.config["SECURITY_CONTACT"] or abort(404)
    expires = (now() + _CONTACT_VALID_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        *(f"Contact: {contact}" for contact in contacts),
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: ko, en",
    ]
    if origin := current_app.config["ORIGIN"]:
        lines.append(f"Canonical: {origin}{request.path}")
    return Response("\n".join([*lines, ""]), mimetype="text/plain")


@bp.get("/healthz")
@open_to(everyone)
def healthz() -> ResponseReturnValue:
    """Liveness: the process answers. Checks nothing else, so a locked database restarts nothing."""
    return {"ok": True}, 200, {"Cache-Control": "no-store"}


@bp.get("/readyz")
@open_to(everyone)
def readyz() -> ResponseReturnValue:
    """Readiness: the database opens, has the tables this code expects, and can be written to."""
    state = schema.state(db.engine)
    db.session.execute(text("SELECT 1"))
    trouble = disk.trouble()
    ready = state is schema.State.CURRENT and trouble is None
    body = {"ready": ready, "schema": state.value, "disk": trouble or "ok"}
    body["time"] = now().isoformat()
    return body, 200 if ready else 503, {"Cache-Control": "no-store"}

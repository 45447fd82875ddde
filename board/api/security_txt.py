"""/.well-known/security.txt: whom to tell about a hole in the board (RFC 9116)."""

from datetime import timedelta

from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue

from board.db import now
from board.web.access import everyone, open_to

bp = Blueprint("security_contact", __name__)
VALID_FOR = timedelta(days=90)  # the RFC asks for less than a year


@bp.get("/.well-known/security.txt")
@open_to(everyone)
def security_txt() -> ResponseReturnValue:
    """404 without BOARD_SECURITY_CONTACT."""
    contacts = current_app.config["SECURITY_CONTACT"]
    if not contacts:
        abort(404)
    expires = (now() + VALID_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        *(f"Contact: {contact}" for contact in contacts),
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: ko, en",
    ]
    if origin := current_app.config["ORIGIN"]:
        lines.append(f"Canonical: {origin}{request.path}")
    return Response("\n".join([*lines, ""]), mimetype="text/plain")

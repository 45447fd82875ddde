"""Which address a request came to: the board's or, where sources have one of their own, theirs.

With BOARD_TIPS_ORIGIN the pages of sources answer there and nowhere else, and nothing else answers
there. So no cookie, no session and no log of the board ever meets a source.
"""

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from board.web.i18n import LANGUAGES, language

SAFE = ("GET", "HEAD", "OPTIONS")


def init_app(app: Flask) -> None:
    app.before_request(_separate_origins)
    app.after_request(_add_onion_location)
    app.add_template_global(link_to_tips)
    app.add_template_global(is_source_request)


def tips_origin() -> str | None:
    """The origin of sources that this request came to, if it did."""
    origins: tuple[str, ...] = current_app.config["TIPS_ORIGIN"]
    if not origins:
        return None
    host = urlsplit(f"//{request.headers.get('Host', '')}").hostname
    return next((origin for origin in origins if urlsplit(origin).hostname == host), None)


def is_source_request() -> bool:
    """Whether the answer is for a source's eyes, be it an error page."""
    return tips_origin() is not None or request.path == "/tips" or request.path.startswith("/tips/")


def expected_origin() -> str:
    """What a browser calls the place this request is to; unset, whatever was asked for."""
    known = tips_origin() or current_app.config["ORIGIN"]
    return known or f"{request.scheme}://{request.host}"


def is_https() -> bool:
    """Whether readers reach this place with TLS; an onion service does without."""
    theirs = tips_origin()
    return theirs.startswith("https:") if theirs else bool(current_app.config["HTTPS"])


def link_to_tips() -> str:
    """Where 제보하기 leads from the board's pages.

    A browser without Tor cannot open an onion address, and would ask the network for it. Where
    sources have no other, the board's own page says what to do.
    """
    address = url_for("tips.choose", lang=None if language() == LANGUAGES[0] else language())
    first = next(iter(current_app.config["TIPS_ORIGIN"]), "")
    return address if is_onion(first) else first + address


def is_onion(origin: str) -> bool:
    return (urlsplit(origin).hostname or "").endswith(".onion")


def _separate_origins() -> ResponseReturnValue | None:
    if not current_app.config["TIPS_ORIGIN"] or request.endpoint == "static":
        return None
    is_tip_page, here = request.blueprint == "tips", tips_origin()
    if here and request.path == "/" and request.method in SAFE:
        return redirect(url_for("tips.choose"), 303)
    if bool(here) == is_tip_page or request.endpoint is None:
        return None
    if here or request.method not in SAFE:
        abort(404)
    return _redirect_to_tips()


def _redirect_to_tips() -> Response:
    """The board knows where the form is, and is no place for it."""
    first = current_app.config["TIPS_ORIGIN"][0]
    address = first + request.full_path.rstrip("?")
    if is_onion(first):
        return Response(
            render_template("tips/source/onion_address.html", address=address), mimetype="text/html"
        )
    response = redirect(address, 303)
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response  # type: ignore[return-value]  # werkzeug's, which is Flask's parent


def _add_onion_location(response: Response) -> Response:
    """Onion-Location: the same page as an onion service, which Tor Browser offers to open."""
    onions = [origin for origin in current_app.config["TIPS_ORIGIN"] if is_onion(origin)]
    told = request.blueprint == "tips" and request.method == "GET" and response.status_code == 200
    if onions and told and is_https() and tips_origin() not in onions:
        response.headers["Onion-Location"] = onions[0] + request.full_path.rstrip("?")
    return response

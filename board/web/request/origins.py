"""Origins: whether a request came to the board's address or to that of the tip pages.

With BOARD_TIPS_ORIGIN the pages for sources answer at that address only, and nothing else answers
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
    """The origin for sources, if this request came to it; else None."""
    origins: tuple[str, ...] = current_app.config["TIPS_ORIGIN"]
    if not origins:
        return None
    host = urlsplit(f"//{request.headers.get('Host', '')}").hostname
    return next((origin for origin in origins if urlsplit(origin).hostname == host), None)


def is_source_request() -> bool:
    """Whether the response goes to a source, error pages included."""
    return tips_origin() is not None or request.path == "/tips" or request.path.startswith("/tips/")


def is_about_tips() -> bool:
    """Whether a source or a tip reader is served: of that, logs and metrics say least."""
    return is_source_request() or request.path.startswith("/desk/tips")


def expected_origin() -> str:
    """The `Origin` header of our own pages; without a setting, the requested host."""
    configured = tips_origin() or current_app.config["ORIGIN"]
    return configured or f"{request.scheme}://{request.host}"


def is_https() -> bool:
    """Whether this origin is reached with TLS; an onion service needs none."""
    origin = tips_origin()
    return origin.startswith("https:") if origin else bool(current_app.config["HTTPS"])


def link_to_tips() -> str:
    """The target of 제보하기 (Send a tip) on the board's pages.

    A browser without Tor cannot open an onion address, and would send the name to a DNS server. If
    sources have no other address, a page of the board says what to do.
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
    """The board does not serve the form: it redirects, or shows the onion address."""
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
    is_page = request.blueprint == "tips" and request.method == "GET"
    is_page = is_page and response.status_code == 200
    if onions and is_page and is_https() and tips_origin() not in onions:
        response.headers["Onion-Location"] = onions[0] + request.full_path.rstrip("?")
    return response

"""Response headers: security, Cache-Control and ETag."""

from collections.abc import Iterable
from functools import cache

from flask import Flask, Response, current_app, g, request

from board.web.access import viewer
from board.web.request.embed_mount import is_embedded
from board.web.request.origins import is_https
from board.web.response.cors import is_api_request

_PAGE_HEADERS = {
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": (
        "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"
    ),
}


def init_app(app: Flask) -> None:
    app.after_request(_add_headers)


def allow_form_targets(origins: Iterable[str]) -> None:
    """Forms of this page may lead to these origins too, at the latest by a redirect."""
    g.form_targets = tuple(sorted({*g.get("form_targets", ()), *origins}))


def allow_framing() -> None:
    """Any site may show this page in a frame. It must have nothing to press that acts."""
    g.ancestors = "*"


def _add_headers(response: Response) -> Response:
    config = current_app.config
    existing = {name.lower() for name, _ in response.headers}  # a slice may be stricter
    is_page = response.mimetype == "text/html" and not is_embedded()
    origins = config["IMAGE_ORIGINS"], g.get("form_targets", ())
    ancestors = g.get("ancestors", "'none'") if response.status_code == 200 else "'none'"
    headers = _security_headers(*origins, ancestors, is_page=is_page, https=is_https())
    response.headers.extend(pair for pair in headers if pair[0].lower() not in existing)
    if request.endpoint != "static" or response.status_code >= 400:
        _set_cache_control(response)
    return response


@cache
def _security_headers(
    image_origins: tuple[str, ...], form_targets: tuple[str, ...], ancestors: str, *,
    is_page: bool, https: bool,
) -> list[tuple[str, str]]:  # fmt: skip
    """Security headers of a response. JSON, which programs read thousands of times, does without
    those that only matter for a page."""
    headers = {
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
    }
    if is_page:
        headers |= _PAGE_HEADERS
        headers["Content-Security-Policy"] = (
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
            f"img-src 'self' {' '.join(image_origins)}; manifest-src 'self'; base-uri 'none'; "
            f"form-action 'self' {' '.join(form_targets)}; frame-ancestors {ancestors}; "
            "require-trusted-types-for 'script'; "
            "trusted-types 'none'"
        )
    if ancestors != "'none'":
        headers.pop("X-Frame-Options", None)  # knows no sites; frame-ancestors says it
    if https:
        headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return list(headers.items())


def _set_cache_control(response: Response) -> None:
    """Cache-Control: guests' pages are the same for all and `public`, all else is `private`."""
    if not (is_api_request() or is_embedded()):
        response.headers["Vary"] = "Cookie"
    if "Cache-Control" in response.headers:
        return
    public = request.method in ("GET", "HEAD") and response.status_code == 200
    public = public and "Authorization" not in request.headers
    if public and not viewer().is_authenticated and "Set-Cookie" not in response.headers:
        response.headers["Cache-Control"] = "public, no-cache"
        response.add_etag(weak=True)  # the same page, compressed or not
        if request.if_none_match:
            response.make_conditional(request)
    else:
        response.headers["Cache-Control"] = "private, no-store"

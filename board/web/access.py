"""Access control: who may open which page.

Every view names its audience with @open_to. A view without one stops the app from starting, so a
forgotten line cannot open a page.
"""

from collections.abc import Callable, Collection, Container
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.sessions import SessionInterface
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from board.web.request.origins import SAFE, is_https, is_source_request


class Viewer(Protocol):
    """The person who requests a page: a guest, or a user of the accounts slice."""

    is_authenticated: bool
    can_moderate: bool
    can_edit: bool
    can_read_tips: bool


Audience = Callable[[Viewer], bool]
View = TypeVar("View", bound=Callable[..., Any])


class Guest:
    """Somebody who is not signed in. Has the attributes of a user, so callers need not check."""

    id = None
    name = ""
    is_authenticated = False
    can_moderate = False
    can_edit = False
    can_read_tips = False


class SomeMember(Guest):
    """Any member without capabilities: no account in particular, to test audiences with."""

    is_authenticated = True


GUEST = Guest()
_MEMBER = SomeMember()


class NoFlaskSession(SessionInterface):
    """Turns off Flask's session, which would make every page depend on a cookie. Ours are rows."""

    def open_session(self, app: Flask, request: object) -> None:
        return None


def everyone(viewer: Viewer) -> bool:
    return True


def everyone_as_guest(viewer: Viewer) -> bool:
    """Everyone, and the session is not looked up: such a page treats its viewer as a guest."""
    return True


def members(viewer: Viewer) -> bool:
    """Everybody who is signed in."""
    return viewer.is_authenticated


def moderators(viewer: Viewer) -> bool:
    return viewer.can_moderate


def editors(viewer: Viewer) -> bool:
    return viewer.can_edit


def editors_and_moderators(viewer: Viewer) -> bool:
    """They restrict threads, and see drafts, scheduled and withdrawn articles."""
    return viewer.can_edit or viewer.can_moderate


def tip_readers(viewer: Viewer) -> bool:
    """Staff who may open sealed tips."""
    return viewer.can_read_tips


def staff(viewer: Viewer) -> bool:
    return viewer.can_moderate or viewer.can_edit or viewer.can_read_tips


def staff_without_2fa(viewer: Viewer) -> bool:
    """Staff, even in a session that has not passed two-factor authentication."""
    return staff(viewer)


def open_to(
    audience: Audience,
    *,
    body_max: int | None = None,
    multi_fields: Container[str] = (),
    uploads: Callable[[], int] | None = None,
    upload_sink: Callable[[], Any] | None = None,
    query: Collection[str] = (),
    cannot_wait: bool = False,
    guest_page: Callable[..., str] | None = None,
) -> Callable[[View], View]:
    """Declares the audience of a view, and what it accepts.

    `body_max`: bytes of the body, if more than usual. `multi_fields`: fields that may be repeated.
    `uploads`: bytes of files beside the form. `upload_sink`: makes the file each is written to.
    `cannot_wait`: it is tried on a full disk too, for which the reserve is given up.
    `guest_page`: what guests who post are shown, with 401; it leads to sign-in and back.
    """

    def mark(view: View) -> View:
        marked = cast(Any, view)
        marked.audience, marked.query, marked.guest_page = audience, query, guest_page
        marked.body_max, marked.multi_fields = body_max, multi_fields
        marked.uploads, marked.upload_sink = uploads, upload_sink
        marked.cannot_wait = cannot_wait
        return view

    return mark


def viewer() -> Viewer:
    """The signed-in user, or the guest, as a plain object rather than a proxy."""
    if cookie_name("session") not in request.cookies or is_source_request():
        return GUEST
    return cast(Viewer, current_user._get_current_object())


def forget_viewer() -> None:
    """Treat the viewer as a guest for the rest of this request."""
    g._login_user = GUEST  # where Flask-Login caches the user


def cookie_name(kind: str) -> str:
    """The cookie name for `kind`; with HTTPS, browsers bind `__Host-` names to this host."""
    return f"__Host-board_{kind}" if is_https() else f"board_{kind}"


def load_users(
    app: Flask,
    *,
    load: Callable[[object], Any],
    passed_two_factor: Callable[[], bool],
    has_gone_idle: Callable[[], bool],
) -> None:
    """Registers how to find the user of a request, whether their session passed two-factor
    authentication, and whether it ended for want of use. The accounts slice calls this; nothing
    here knows what an account is."""
    login_manager = LoginManager()
    login_manager.anonymous_user = Guest
    login_manager.session_protection = None
    login_manager.request_loader(load)
    login_manager.init_app(app)
    app.session_interface = NoFlaskSession()
    app.extensions["passed_two_factor"] = passed_two_factor
    app.extensions["has_gone_idle"] = has_gone_idle


def _passed_two_factor() -> bool:
    return bool(current_app.extensions["passed_two_factor"]())


def init_app(app: Flask) -> None:
    open_to(everyone)(app.view_functions["static"])
    unguarded = [name for name, view in app.view_functions.items() if not hasattr(view, "audience")]
    if unguarded:
        raise RuntimeError(f"views without an audience: {', '.join(unguarded)}")
    app.before_request(_enforce)


def is_allowed(audience: Audience) -> bool:
    """Whether the viewer is in the audience; staff only in a session with both factors."""
    if not audience(viewer()):
        return False
    return audience is staff_without_2fa or audience(_MEMBER) or _passed_two_factor()


def _require_second_factor(audience: Audience) -> ResponseReturnValue | None:
    if is_allowed(audience):
        return None
    if request.method in SAFE:
        path = request.full_path.rstrip("?")
        return redirect(url_for("second_factor.code_form", next=path), 303)
    abort(403, "second factor")


def _enforce() -> ResponseReturnValue | None:
    if request.endpoint is None:  # no such page; Flask answers 404 or 405
        return None
    view: Any = current_app.view_functions[request.endpoint]
    if view.audience in (everyone, everyone_as_guest):  # no database query
        return None
    if view.audience(viewer()):
        return _require_second_factor(view.audience)
    if viewer().is_authenticated:
        abort(403)
    reason = "idle" if current_app.extensions["has_gone_idle"]() else None
    if request.method in SAFE:
        path = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in_form", next=path, notice=reason), 303)
    if view.guest_page and not reason:
        return view.guest_page(**(request.view_args or {})), 401
    abort(401, reason)

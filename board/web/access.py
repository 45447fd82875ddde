"""Who may open which page.

Every view names its audience with @open_to. A view that names none stops the app from starting,
so forgetting the line cannot open a page.
"""

from collections.abc import Callable, Collection, Container
from typing import Any, Protocol, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.sessions import SessionInterface
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user

from board.web.request.origins import SAFE, is_https, is_source_request


class Viewer(Protocol):
    """Who asks for a page: a guest, or a user of the accounts slice."""

    is_authenticated: bool
    can_moderate: bool
    can_edit: bool
    can_read_tips: bool


Audience = Callable[[Viewer], bool]
View = TypeVar("View", bound=Callable[..., Any])


class Guest:
    """Somebody who is not signed in. Answers the same questions as a user, so nobody asks first."""

    id = None
    name = ""
    is_authenticated = False
    can_moderate = False
    can_edit = False
    can_read_tips = False


class SomeMember(Guest):
    """Somebody signed in who can do no more than read and write: no account in particular."""

    is_authenticated = True


GUEST = Guest()
_MEMBER = SomeMember()


class NoFlaskSession(SessionInterface):
    """Sessions are rows of ours. Flask's own would mark every page as depending on a cookie."""

    def open_session(self, app: Flask, request: object) -> None:
        return None


def everyone(viewer: Viewer) -> bool:
    return True


def anonymous_only(viewer: Viewer) -> bool:
    """Everyone, and who is signed in is not asked: such a page knows its viewer as a guest."""
    return True


def members(viewer: Viewer) -> bool:
    """Whoever has an account and is signed in."""
    return viewer.is_authenticated


def moderators(viewer: Viewer) -> bool:
    return viewer.can_moderate


def editors(viewer: Viewer) -> bool:
    return viewer.can_edit


def tip_readers(viewer: Viewer) -> bool:
    """Readers of tips."""
    return viewer.can_read_tips


def staff(viewer: Viewer) -> bool:
    return viewer.can_moderate or viewer.can_edit or viewer.can_read_tips


def staff_without_2fa(viewer: Viewer) -> bool:
    """Staff, before they have shown their second factor."""
    return staff(viewer)


def open_to(
    audience: Audience,
    *,
    body_max: int | None = None,
    lists: Container[str] = (),
    uploads: Callable[[], int] | None = None,
    into: Callable[[], Any] | None = None,
    query: Collection[str] = (),
) -> Callable[[View], View]:
    """Who may call the view; how many bytes they may send when it is more than usual; which
    fields may come more than once; how many bytes of files it takes beside the form, and where
    the bytes of each are written as they come."""

    def mark(view: View) -> View:
        cast(Any, view).audience = audience
        cast(Any, view).body_max = body_max
        cast(Any, view).lists = lists
        cast(Any, view).uploads = uploads
        cast(Any, view).into = into
        cast(Any, view).query = query
        return view

    return mark


def viewer() -> Viewer:
    """The signed-in user, or the guest, as a plain object rather than a proxy."""
    if cookie_name("session") not in request.cookies or is_source_request():
        return GUEST
    return cast(Viewer, current_user._get_current_object())


def forget_viewer() -> None:
    """From here on, in this request, it is a guest."""
    g._login_user = GUEST  # where Flask-Login keeps whom it has looked up


def cookie_name(kind: str) -> str:
    """`kind` as the name of a cookie; with https the browser itself holds it to this host."""
    return f"__Host-board_{kind}" if is_https() else f"board_{kind}"


def load_users(
    app: Flask, *, load: Callable[[object], Any], passed_two_factor: Callable[[], bool]
) -> None:
    """Accounts hand in how to find the user of a request, and whether its session showed both
    factors; nothing here knows what an account is."""
    login_manager = LoginManager()
    login_manager.anonymous_user = Guest
    login_manager.session_protection = None
    login_manager.request_loader(load)
    login_manager.init_app(app)
    app.session_interface = NoFlaskSession()
    app.extensions["passed_two_factor"] = passed_two_factor


def _passed_two_factor() -> bool:
    return bool(current_app.extensions["passed_two_factor"]())


def init_app(app: Flask) -> None:
    open_to(everyone)(app.view_functions["static"])
    unguarded = [name for name, view in app.view_functions.items() if not hasattr(view, "audience")]
    if unguarded:
        raise RuntimeError(f"views without an audience: {', '.join(unguarded)}")
    app.before_request(_enforce)


def is_allowed(audience: Audience) -> bool:
    """Whether the viewer belongs to it here and now: staff do in a session with both factors."""
    if not audience(viewer()):
        return False
    return audience is staff_without_2fa or audience(_MEMBER) or _passed_two_factor()


def _ask_for_second_factor(audience: Audience) -> ResponseReturnValue | None:
    if is_allowed(audience):
        return None
    if request.method in SAFE:
        path = request.full_path.rstrip("?")
        return redirect(url_for("second_factor.code_form", next=path), 303)
    abort(403, "second factor")


def _enforce() -> ResponseReturnValue | None:
    if request.endpoint is None:  # no such page; let Flask answer 404 or 405
        return None
    view: Any = current_app.view_functions[request.endpoint]
    if view.audience in (everyone, anonymous_only):  # asks no database
        return None
    if view.audience(viewer()):
        return _ask_for_second_factor(view.audience)
    if viewer().is_authenticated:
        abort(403)
    if request.method in SAFE:
        path = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in_form", next=path), 303)
    abort(401)

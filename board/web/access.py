"""Access control: who may open which page.

Every view names its audience with @open_to. A view without one stops the app from starting, so a
forgotten line cannot open a page.
"""

from collections.abc import Callable, Collection, Container
from typing import Any, Protocol, TypeVar, cast

from flask import (
    Flask,
    abort,
    current_app,
    g,
    has_request_context,
    redirect,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_login import current_user

from board.web.request.origins import SAFE, is_https, is_source_request


class Viewer(Protocol):
    """The person who requests a page: a guest, or a user of the accounts slice."""

    is_authenticated: bool
    can_moderate: bool
    can_supervise: bool
    can_handle_legal: bool
    can_edit: bool
    can_read_tips: bool
    can_appoint: bool

    @property
    def is_frozen(self) -> bool: ...


Audience = Callable[[Viewer], bool]
View = TypeVar("View", bound=Callable[..., Any])


class Guest:
    """Somebody who is not signed in. Has the attributes of a user, so callers need not check."""

    id = None
    name = ""
    is_authenticated = is_frozen = False
    can_moderate = can_supervise = can_handle_legal = False
    can_edit = can_read_tips = can_appoint = False


class SomeMember(Guest):
    """Any member without capabilities: no account in particular, to test audiences with."""

    is_authenticated = True


GUEST = Guest()
_MEMBER = SomeMember()


def everyone(viewer: Viewer) -> bool:
    return True


def everyone_as_guest(viewer: Viewer) -> bool:
    """Everyone, and the session is not looked up: such a page treats its viewer as a guest."""
    return True


def members(viewer: Viewer) -> bool:
    """Everybody who is signed in."""
    return viewer.is_authenticated


def _holders(*capabilities: str) -> Audience:
    """Everybody with one of these capabilities, none of which implies another, unless frozen. The
    holder of a bearer token has none: a stolen one cannot moderate."""

    def audience(viewer: Viewer) -> bool:
        is_at_rest = viewer.is_frozen or is_bearer()
        return not is_at_rest and any(getattr(viewer, name) for name in capabilities)

    return audience


moderators = _holders("can_moderate")
seniors = _holders("can_supervise")  # bans, word rules, restrictions of more than one article
moderators_and_seniors = _holders("can_moderate", "can_supervise")
legal_staff = _holders("can_handle_legal")  # identity papers, user data, case files
moderators_and_legal = _holders("can_moderate", "can_handle_legal")
editors = _holders("can_edit")
editors_and_moderators = _holders("can_edit", "can_moderate")  # they see all articles
thread_staff = _holders("can_edit", "can_moderate", "can_supervise")  # they restrict threads
tip_readers = _holders("can_read_tips")
appointers = _holders("can_appoint")
_CAPABILITIES = [name for name in Viewer.__annotations__ if name.startswith("can_")]
staff = _holders(*_CAPABILITIES)
staff_without_2fa = _holders(*_CAPABILITIES)  # in a session that has not passed that


def open_to(
    audience: Audience,
    *,
    body_max: int | None = None,
    multi_fields: Container[str] = (),
    scope: str | None = None,
    uploads: Callable[[], int] | None = None,
    upload_sink: Callable[[], Any] | None = None,
    query: Collection[str] = (),
    cannot_wait: bool = False,
    guest_page: Callable[..., str] | None = None,
) -> Callable[[View], View]:
    """Declares the audience of a view, and what it accepts.

    `body_max`: bytes of the body, if more than usual. `multi_fields`: fields that may be repeated.
    `scope`: the scope of the bearer token that each request needs; a session is not enough.
    `uploads`: bytes of files beside the form. `upload_sink`: makes the file each is written to.
    `cannot_wait`: it is tried on a full disk too, for which the reserve is given up.
    `guest_page`: what guests who post are shown, with 401; it leads to sign-in and back.
    """

    def mark(view: View) -> View:
        marked = cast(Any, view)
        marked.audience, marked.query, marked.guest_page = audience, query, guest_page
        marked.body_max, marked.multi_fields, marked.scope = body_max, multi_fields, scope
        marked.uploads, marked.upload_sink = uploads, upload_sink
        marked.cannot_wait = cannot_wait
        return view

    return mark


def viewer() -> Viewer:
    """The signed-in user, or the guest, as a plain object rather than a proxy."""
    if is_bearer():
        return cast(Viewer, g.bearer)
    if cookie_name("session") not in request.cookies or is_source_request():
        return GUEST
    return cast(Viewer, current_user._get_current_object())


def act_as(holder: Viewer) -> None:
    """Make the holder of a bearer token the viewer of this request; its cookies are ignored."""
    g.bearer = g._login_user = holder


def is_bearer() -> bool:
    """Whether the viewer came with a bearer token."""
    return has_request_context() and "bearer" in g


def forget_viewer() -> None:
    """Treat the viewer as a guest for the rest of this request."""
    g.pop("bearer", None)
    g._login_user = GUEST  # where Flask-Login caches the user


def cookie_name(kind: str) -> str:
    """The cookie name for `kind`; with HTTPS, browsers bind `__Host-` names to this host."""
    return f"__Host-board_{kind}" if is_https() else f"board_{kind}"


def _passed_two_factor() -> bool:
    return bool(current_app.extensions["passed_two_factor"]())


def init_app(app: Flask) -> None:
    open_to(everyone)(app.view_functions["static"])
    unguarded = [name for name, view in app.view_functions.items() if not hasattr(view, "audience")]
    if unguarded:
        raise RuntimeError(f"views without an audience: {', '.join(unguarded)}")
    app.before_request(_enforce)
    app.add_template_global(may_open)


def is_allowed(audience: Audience) -> bool:
    """Whether the viewer is in the audience; staff only in a session with both factors."""
    if not audience(viewer()):
        return False
    return audience is staff_without_2fa or audience(_MEMBER) or _passed_two_factor()


def may_open(endpoint: str) -> bool:
    """Whether the viewer is in the audience of this view: pages show no link that leads to 403."""
    view: Any = current_app.view_functions[endpoint]
    return bool(view.audience(viewer()))


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
        abort(403, "frozen" if viewer().is_frozen else None)
    reason = "idle" if current_app.extensions["has_gone_idle"]() else None
    if request.method in SAFE:
        path = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in_form", next=path, notice=reason), 303)
    if view.guest_page and not reason:
        return view.guest_page(**(request.view_args or {})), 401
    abort(401, reason)

"""Who may open which page.

Every view names its audience with @open_to. A view that names none stops the app from starting,
so forgetting the line cannot open a page.
"""

from collections.abc import Callable, Container
from functools import cache
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, redirect, request, url_for
from flask.sessions import SessionInterface
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, current_user
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from board.accounts.models import Guest, Session, User
from board.accounts.two_factor.models import SecondFactor
from board.db import db, writing
from board.db.write_lock import Busy
from board.web.i18n import today
from board.web.request.origins import SAFE, for_sources, is_https

Viewer = User | Guest
Audience = Callable[[Viewer], bool]
View = TypeVar("View", bound=Callable[..., Any])

login_manager = LoginManager()
login_manager.anonymous_user = Guest
login_manager.session_protection = None
_GUEST = Guest()


class NoFlaskSession(SessionInterface):
    """Sessions are rows of ours. Flask's own would mark every page as depending on a cookie."""

    def open_session(self, app: Flask, request: object) -> None:
        return None


def everyone(viewer: Viewer) -> bool:
    return True


def strangers(viewer: Viewer) -> bool:
    """Everyone, and who is signed in is not asked: such a page knows its viewer as a guest."""
    return True


def readers(viewer: Viewer) -> bool:
    """Whoever has an account and is signed in."""
    return isinstance(viewer, User)


def moderators(viewer: Viewer) -> bool:
    return viewer.can_moderate


def editors(viewer: Viewer) -> bool:
    return viewer.can_edit


def newsroom(viewer: Viewer) -> bool:
    """Readers of tips."""
    return viewer.can_read_tips


def staff(viewer: Viewer) -> bool:
    return viewer.can_moderate or viewer.can_edit or viewer.can_read_tips


def colleagues(viewer: Viewer) -> bool:
    """Staff, before they have shown their second factor."""
    return staff(viewer)


def open_to(
    audience: Audience,
    *,
    body_max: int | None = None,
    lists: Container[str] = (),
    uploads: Callable[[], int] | None = None,
    into: Callable[[], Any] | None = None,
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
        return view

    return mark


def viewer() -> Viewer:
    """The signed-in user, or the guest, as a plain object rather than a proxy."""
    if cookie_name("session") not in request.cookies or for_sources():
        return _GUEST
    return cast(Viewer, current_user._get_current_object())


def forget_viewer() -> None:
    """From here on, in this request, it is a guest."""
    g._login_user = _GUEST  # where Flask-Login keeps whom it has looked up


def member() -> User:
    """The signed-in user, on pages where there must be one."""
    user = viewer()
    assert isinstance(user, User)  # noqa: S101 - @open_to(readers) has seen to it
    return user


def cookie_name(kind: str) -> str:
    """`kind` as the name of a cookie; with https the browser itself holds it to this host."""
    return f"__Host-board_{kind}" if is_https() else f"board_{kind}"


def init_app(app: Flask) -> None:
    app.session_interface = NoFlaskSession()
    login_manager.init_app(app)
    open_to(everyone)(app.view_functions["static"])
    unguarded = [name for name, view in app.view_functions.items() if not hasattr(view, "audience")]
    if unguarded:
        raise RuntimeError(f"views without an audience: {', '.join(unguarded)}")
    app.before_request(_enforce)


@login_manager.request_loader
def _load(_request: object) -> User | None:
    view: Any = current_app.view_functions.get(request.endpoint or "")
    if getattr(view, "audience", None) is strangers or for_sources():
        return None
    token = _token()
    found = db.session.execute(*Session.bearer(token)).one_or_none() if token else None
    if found is None or found[0].is_suspended:
        return None
    user, session_id, seen_on = found
    if seen_on != today():
        _see(session_id)
    return user


def current_session() -> Session | None:
    return db.session.scalar(Session.with_token(token)) if (token := _token()) else None


def _token() -> str:
    return request.cookies.get(cookie_name("session"), "")


def _see(session_id: int) -> None:
    """Note the day. Once a day and never worth an error page, nor a reader's time."""
    this = Session.id == session_id
    try:
        with writing(patience=0):
            db.session.execute(update(Session).where(this).values(seen_on=today()))
    except (Busy, OperationalError) as error:
        current_app.logger.warning("session not touched: %s", error)


def may(audience: Audience) -> bool:
    """Whether the viewer belongs to it here and now: staff do in a session with both factors."""
    if not audience(viewer()):
        return False
    return audience is colleagues or audience(_reader()) or has_shown_second_factor()


def has_shown_second_factor() -> bool:
    """In this session; or this board asks for none, and the person has none."""
    session = current_session()
    if session is None or session.second_factor_at:
        return session is not None
    asked = current_app.config["STAFF_SECOND_FACTOR"] or SecondFactor.of(session.user)
    return not asked


@cache
def _reader() -> User:
    """Anybody with an account. Whatever is not open to them, staff open with both factors."""
    return User(can_moderate=False, can_edit=False, can_read_tips=False)


def _ask_for_second_factor(audience: Audience) -> ResponseReturnValue | None:
    if may(audience):
        return None
    if request.method in SAFE:
        path = request.full_path.rstrip("?")
        return redirect(url_for("second_factor.code_form", next=path), 303)
    abort(403, "second factor")


def _enforce() -> ResponseReturnValue | None:
    if request.endpoint is None:  # no such page; let Flask answer 404 or 405
        return None
    view: Any = current_app.view_functions[request.endpoint]
    if view.audience in (everyone, strangers):  # asks no database
        return None
    if view.audience(viewer()):
        return _ask_for_second_factor(view.audience)
    if viewer().is_authenticated:
        abort(403)
    if request.method in SAFE:
        path = request.full_path.rstrip("?")
        return redirect(url_for("accounts.sign_in_form", next=path), 303)
    abort(401)

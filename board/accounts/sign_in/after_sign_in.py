"""The answer to a right password or code: the page asked for, the second factor, or a refusal."""

from collections.abc import Callable

from flask import current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth.login import Cookies, redirect_signed_in
from board.accounts.email import queue as email_queue
from board.accounts.models import User
from board.accounts.two_factor.session_check import has_second_factor
from board.db import now
from board.runtime.hooks import Hook
from board.web.i18n import format_datetime
from board.web.request.observability.security_events import SecurityEvent, record

# Links (text, URL) other slices offer a suspended user.
suspended_user_links: Hook[Callable[[User], tuple[str, str] | None]] = Hook()


def finish_sign_in(
    user: User, cookies: Cookies | None, *, next: str, second_factor: bool = False
) -> ResponseReturnValue:
    """To `next` with the cookies of a new session, or why there is none. `second_factor`: it was
    shown already."""
    if cookies is None:
        record(SecurityEvent.LOGIN_FAILED, "suspended")
        return _suspended_page(user)
    record(SecurityEvent.LOGIN_SUCCEEDED)
    if user.is_staff and email_queue.is_configured() and not user.email_verified_at:
        next = url_for("verification.email")  # readers are asked by a bar, staff at once
    return redirect_signed_in(cookies, next=next if second_factor else _login_redirect(user, next))


def _login_redirect(user: User, next: str) -> str:
    """`next`, by way of two-step verification if it is required."""
    required = current_app.config["STAFF_SECOND_FACTOR"] or has_second_factor(user)
    is_asked = user.is_staff and required and not user.is_frozen  # to whom staff pages are shut
    return url_for("second_factor.code_form", next=next) if is_asked else next


def _suspended_page(user: User) -> ResponseReturnValue:
    """Shown only after the right password."""
    title = _("This account is suspended")
    until = format_datetime(user.suspended_until or now())
    text = _("Until %(until)s. Reason: %(reason)s", until=until, reason=user.suspended_for)
    links = [link for offered in suspended_user_links if (link := offered(user))]
    page = render_template(
        "error.html",
        code=403,
        title=title,
        text=text,
        typed_text=None,
        retry_after=None,
        links=links,
    )
    return page, 403

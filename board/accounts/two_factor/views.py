"""Pages of two-step verification: enter a code, set up a phone, renew recovery codes."""

from typing import Any

from flask import Blueprint, Response, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from board.accounts.auth.current_user import current_session, current_user
from board.accounts.auth.login import redirect_signed_in, retry_text, start_session, with_cookies
from board.accounts.auth.rate_limit import TooManyAttempts
from board.accounts.auth.webauthn import count_passkeys
from board.accounts.forms import CodeForm, EnrolForm
from board.accounts.two_factor import models as two_factor
from board.accounts.two_factor.encryption import enrolment_token, secret_from_token
from board.accounts.two_factor.models import SecondFactor, TwoFactorAction, TwoFactorEvent
from board.accounts.two_factor.session_check import (
    accept_code,
    has_second_factor,
    passed_two_factor,
    wrong_code_text,
)
from board.accounts.two_factor.totp import new_secret, normalize_code, qr_svg, totp_counter
from board.db import db, now, writing
from board.runtime.app import secret_keys
from board.web.access import open_to, staff_without_2fa
from board.web.forms import safe_redirect_path

bp = Blueprint("second_factor", __name__)


@bp.get("/sign-in/code")
@open_to(staff_without_2fa, query=("next",))
def code_form() -> ResponseReturnValue:
    next = safe_redirect_path(request.args.get("next"))
    if passed_two_factor():
        return redirect(next, 303)
    if not has_second_factor(current_user()):
        return redirect(url_for(".enrol_form", next=next), 303)
    return _code_page(CodeForm.unbound(data={"next": next}))


@bp.post("/sign-in/code")
@open_to(staff_without_2fa, cannot_wait=True)
def code() -> ResponseReturnValue:
    """A right code starts a new session, so that a token copied earlier is worthless."""
    form = CodeForm.from_post()
    if not form.validate():
        return _code_page(form, status=422)
    try:
        with writing():
            is_right = accept_code(form.code.data)
            cookies = _start_session() if is_right else None
    except TooManyAttempts as refusal:
        form.code.errors = [retry_text(refusal)]
        return _code_page(form, status=429)
    if cookies is None:
        form.code.errors = [wrong_code_text()]
        return _code_page(form, status=422)
    return redirect_signed_in(cookies, next=safe_redirect_path(form.next.data))


@bp.get("/account/second-factor")
@open_to(staff_without_2fa)
def index() -> ResponseReturnValue:
    return _index_page(CodeForm.unbound())


@bp.post("/account/second-factor/codes")
@open_to(staff_without_2fa)
def renew() -> ResponseReturnValue:
    """New recovery codes, after a right code."""
    form = CodeForm.from_post()
    if not form.validate():
        return _index_page(form, status=422)
    try:
        with writing():
            codes = _renew_codes() if accept_code(form.code.data) else None
    except TooManyAttempts as refusal:
        form.code.errors = [retry_text(refusal)]
        return _index_page(form, status=429)
    if codes is None:
        form.code.errors = [wrong_code_text()]
        return _index_page(form, status=422)
    return _codes_page(codes, next=url_for(".index"))


@bp.get("/account/second-factor/enrol")
@open_to(staff_without_2fa, query=("next",))
def enrol_form() -> ResponseReturnValue:
    next = safe_redirect_path(request.args.get("next"))
    if _must_show_passkey():
        return redirect(url_for(".code_form", next=next), 303)
    token = enrolment_token(current_user(), new_secret(), key=_key())
    return _enrol_page(EnrolForm.unbound(data={"ticket": token, "next": next}))


@bp.post("/account/second-factor/enrol")
@open_to(staff_without_2fa)
def enrol() -> ResponseReturnValue:
    """Set up an authenticator, after correct digits from it. Replacing one takes a code of the old
    one too."""
    form = EnrolForm.from_post()
    secret = secret_from_token(form.ticket.data or "", current_user(), keys=secret_keys())
    if secret is None or _must_show_passkey():
        return redirect(url_for(".enrol_form", next=safe_redirect_path(form.next.data)), 303)
    if not form.validate():
        return _enrol_page(form, status=422)
    try:
        with writing():
            codes, cookies = _enrol(form, secret)
    except TooManyAttempts as refusal:
        form.code.errors = [retry_text(refusal)]
        return _enrol_page(form, status=429)
    if cookies is None:
        return _enrol_page(form, status=422)
    return with_cookies(_codes_page(codes, next=safe_redirect_path(form.next.data)), cookies)


def _enrol(form: Any, secret: str) -> tuple[list[str], Any]:
    """Recovery codes and session cookies; or no cookies, and errors in the form.

    Raises TooManyAttempts.
    """
    step = totp_counter(secret, normalize_code(form.code.data))
    if step is None:
        form.code.errors = [_("These digits are wrong. Is the clock on your phone right?")]
        return [], None
    if SecondFactor.for_user(current_user()) and not accept_code(form.present.data or ""):
        form.present.errors = [wrong_code_text()]
        return [], None
    codes = two_factor.enrol(current_user(), secret, step=step, key=_key())
    current_user().end_sessions(keep=current_session())
    return codes, _start_session()


def _must_show_passkey() -> bool:
    """Whether the owner has only passkeys: a stolen password must not put codes in their place."""
    has_codes = SecondFactor.for_user(current_user()) is not None
    return has_second_factor(current_user()) and not has_codes and not passed_two_factor()


def _start_session() -> Any:
    """A session that has passed two-step verification; the password is as old as it was."""
    old = current_session()
    password_at = (old.password_at or old.started_at) if old else None
    return start_session(current_user(), password_at=password_at, second_factor_at=now())


def _renew_codes() -> list[str]:
    factor = db.session.get_one(SecondFactor, current_user().id)
    two_factor.record(TwoFactorAction.RENEW, current_user().id)
    return factor.renew_codes(key=_key())


def _code_page(form: Any, *, status: int = 200) -> Response:
    return _page(
        "code",
        form=form,
        has_codes=SecondFactor.for_user(current_user()) is not None,
        has_passkey=count_passkeys(current_user()) > 0,
        status=status,
    )


def _index_page(form: Any, *, status: int = 200) -> Response:
    return _page(
        "index",
        form=form,
        factor=SecondFactor.for_user(current_user()),
        events=db.session.scalars(TwoFactorEvent.for_user(current_user())).all(),
        status=status,
    )


def _enrol_page(form: Any, *, status: int = 200) -> Response:
    secret = secret_from_token(form.ticket.data, current_user(), keys=secret_keys()) or ""
    site = current_app.config["SITE_NAME"]
    svg = qr_svg(secret, account=current_user().name, site=site)
    return _page(
        "enrol",
        form=form,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        qr_code=Markup(svg),  # noqa: S704 - segno draws squares only, no text
        is_replacement=SecondFactor.for_user(current_user()) is not None,
        is_required=current_app.config["STAFF_SECOND_FACTOR"],
        status=status,
    )


def _codes_page(codes: list[str], *, next: str) -> Response:
    return _page("codes", codes=codes, next=next)


def _page(name: str, *, status: int = 200, **values: Any) -> Response:
    """A page no cache stores, since it may contain secrets."""
    page = render_template(f"accounts/two_factor/{name}.html", **values)
    return Response(page, status, {"Cache-Control": "private, no-store"}, mimetype="text/html")


def _key() -> str:
    key: str = current_app.config["SECRET_KEY"]
    return key

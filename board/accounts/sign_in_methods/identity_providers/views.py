"""Signing in and up with an account at a provider."""

from typing import Any

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from wtforms import HiddenField

from board.accounts.auth.current_user import viewer
from board.accounts.auth.login import begin_sign_up_attempt, retry_text, seconds_until
from board.accounts.auth.rate_limit import TooManyAttempts
from board.accounts.forms import NameForm, SignUpForm
from board.accounts.models import Session, User
from board.accounts.sign_in_methods.identity_providers import flow, providers
from board.accounts.sign_in_methods.identity_providers.complete import Answer, complete, sign_up
from board.accounts.sign_in_methods.identity_providers.flow import SignInFailed, browser_token
from board.accounts.sign_in_methods.identity_providers.models import (
    Identity,
    OAuthState,
    unlinks_at_kakao,
)
from board.accounts.sign_in_methods.identity_providers.providers import KAKAO, Provider
from board.db import db, writing
from board.runtime.limiter import QueueFull
from board.web.access import cookie_name, everyone, open_to
from board.web.forms import Form, safe_redirect_path
from board.web.request.observability.security_events import SecurityEvent, record
from board.web.request.origins import is_https
from board.web.response.headers import allow_form_targets

bp = Blueprint("identity_providers", __name__)


class NextForm(Form):
    next = HiddenField()


class ProviderSignUpForm(NameForm):
    name = NameForm.name
    of_age = SignUpForm.of_age


def init_app(app: Flask) -> None:
    app.add_template_global(buttons, "identity_provider_buttons")
    app.add_template_global(connected_to, "connected_providers")


def connected_to(user: User, unlinked: str | None = None) -> list[Provider]:
    """Providers which list this site among connected services until this user cuts it there: of
    those that are linked, or the one that no longer is."""
    found = providers.configured()
    if unlinked is None:
        found = [one for one in found if Identity.at(one.issuer, user)]
    else:
        found = [one for one in found if one.name == unlinked]
    return [one for one in found if one.connected and not (one is KAKAO and unlinks_at_kakao())]


def buttons(user: User | None = None) -> list[Provider]:
    """Providers to offer on this page, whose policy lets a form lead to them: all, or those that
    a user has linked."""
    found = providers.usable()
    if user:
        found = [provider for provider in found if Identity.at(provider.issuer, user)]
    allow_form_targets(target for provider in found for target in provider.form_targets())
    return found


def provider_or_404(name: str) -> Provider:
    return providers.named(name) or abort(404)


@bp.post("/sign-in/with/<name>")
@open_to(everyone)
def begin(name: str) -> ResponseReturnValue:
    return to_provider(provider_or_404(name), NextForm.from_post().next.data)


@bp.get("/sign-in/with/<name>/back")
@open_to(everyone, query=("state", "code", "error", "iss"))
def back(name: str) -> ResponseReturnValue:
    """Where the provider sends the browser. A GET that writes, once: a row expects it here."""
    provider, state = provider_or_404(name), request.args.get("state", "")
    expected = db.session.scalar(OAuthState.of(state, browser_token()))
    if expected is None or expected.issuer != provider.issuer:
        return _to_sign_in("provider_failed")
    next = expected.next
    if "error" in request.args or not request.args.get("code"):
        return _to_sign_in("provider_cancelled", next)
    try:
        if request.args.get("iss", provider.issuer) != provider.issuer:  # RFC 9207
            raise SignInFailed("provider_issuer")
        subject = flow.subject_behind(provider, code=request.args["code"], state=state)
    except SignInFailed as failure:
        record(SecurityEvent.LOGIN_FAILED, str(failure))
        _forget(state)
        return _to_sign_in("provider_failed", next)
    except QueueFull:
        return _to_sign_in("provider_busy", next)
    member = viewer()
    with writing():
        waiting = db.session.scalar(OAuthState.of(state, browser_token()))
        answer = complete(provider, waiting, subject, member) if waiting else None
    return answer() if answer else _to_sign_in("provider_failed", next)


@bp.get("/sign-up/with")
@open_to(everyone)
def sign_up_form() -> ResponseReturnValue:
    state = _signing_up()
    return _sign_up_page(ProviderSignUpForm.unbound(), state) if state else _over()


@bp.post("/sign-up/with")
@open_to(everyone)
def sign_up_with() -> ResponseReturnValue:
    """The account of somebody new."""
    form, state = ProviderSignUpForm.from_post(), _signing_up()
    if state is None:
        return _over()
    if not form.validate():
        return _sign_up_page(form, state, 422)
    try:
        with writing():
            state = _signing_up()
            answer = _sign_up(state, form.name.data) if state else None
    except TooManyAttempts as refusal:
        form.name.errors = [retry_text(refusal)]
        retry = {"Retry-After": str(seconds_until(refusal))}
        return _sign_up_page(form, state, 429, **retry)
    if state is None:
        return _over()
    if answer is None:
        form.name.errors = [_("This name is taken, or looks like one that is.")]
        return _sign_up_page(form, state, 422)
    return _without_cookie(answer())


def to_provider(provider: Provider, next: str | None, **options: Any) -> ResponseReturnValue:
    endpoints = provider.endpoints()
    if endpoints is None:
        return _to_sign_in("provider_failed", safe_redirect_path(next))
    try:
        return flow.begin(provider, endpoints, next=safe_redirect_path(next), **options)
    except TooManyAttempts as refusal:
        answer = current_app.make_response(_to_sign_in("provider_busy", safe_redirect_path(next)))
        answer.headers["Retry-After"] = str(seconds_until(refusal))
        return answer


def _signing_up() -> OAuthState | None:
    """That of this browser, unless somebody has signed in meanwhile."""
    is_guest = not viewer().is_authenticated
    return db.session.scalar(OAuthState.signing_up(browser_token())) if is_guest else None


def _sign_up(state: OAuthState, name: str) -> Answer | None:
    attempt = begin_sign_up_attempt()
    answer = sign_up(state, name)
    if answer is None:
        db.session.flush()
        attempt.discard()
    return answer


def _forget(state: str) -> None:
    """It was answered, if badly: another answer is not waited for."""
    with writing():
        if waiting := db.session.scalar(OAuthState.of(state, browser_token())):
            db.session.delete(waiting)


def _to_sign_in(notice: str, next: str = "/") -> ResponseReturnValue:
    """The page where it was begun: that of a member, or the form to sign in."""
    if viewer().is_authenticated:
        return redirect(url_for("sign_in_methods.index", notice=notice), 303)
    back = next if next != "/" else None
    return redirect(url_for("accounts.sign_in_form", next=back, notice=notice), 303)


def _over() -> ResponseReturnValue:
    if viewer().is_authenticated:  # in another window
        return redirect(url_for("articles.front"), 303)
    return redirect(url_for("accounts.sign_in_form", notice="code_over"), 303)


def _sign_up_page(
    form: Any, state: OAuthState | None, status: int = 200, **headers: str
) -> ResponseReturnValue:
    configured = providers.configured()
    provider = next((one for one in configured if state and one.issuer == state.issuer), None)
    if provider is None:
        return _over()
    page = render_template(
        "accounts/sign_in_methods/identity_providers/sign_up.html",
        form=form,
        provider=provider,
        session_days=Session.LIFE.days,
    )
    return page, status, {"Cache-Control": "private, no-store", **headers}


def _without_cookie(answer: Any) -> ResponseReturnValue:
    response = current_app.make_response(answer)
    response.delete_cookie(cookie_name(flow.COOKIE), secure=is_https())
    return response

"""The way to a provider and back: authorization code flow with PKCE (RFC 6749, 7636, 9700)."""

import base64
from typing import Any
from urllib.parse import quote_plus, urlencode

from flask import current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.login import begin_guest_attempt, with_cookies
from board.accounts.models import User, token_hash
from board.accounts.sign_in_methods.identity_providers import models
from board.accounts.sign_in_methods.identity_providers.apple import NoKey
from board.accounts.sign_in_methods.identity_providers.locations import located
from board.accounts.sign_in_methods.identity_providers.models import OAuthState
from board.accounts.sign_in_methods.identity_providers.providers import Endpoints, Provider
from board.db import db, now, writing
from board.runtime import http_client
from board.runtime.http_client import RequestFailed
from board.runtime.limiter import ConcurrencyLimit
from board.web.access import cookie_name
from board.web.request.network import network_of
from board.web.request.origins import expected_origin

COOKIE = "oauth"
BEGUN_PER_HOUR = 600  # from one network
# Threads of this process that may wait for providers at once, and of these for one network.
_WAITING, _WAITING_FOR_ONE = 8, 2
_waiting = ConcurrencyLimit(_WAITING)


class SignInFailed(Exception):
    """The provider did not say who it is. The text is a word for the log."""


def begin(
    provider: Provider, endpoints: Endpoints, *, next: str, link_to: User | None = None
) -> ResponseReturnValue:
    """To the provider, and expect this browser back. Raises TooManyAttempts."""
    state, browser = models.new_state(), browser_token() or models.new_state()
    with writing():
        begin_guest_attempt("identity provider", per_hour=BEGUN_PER_HOUR)
        db.session.add(
            OAuthState(
                state_hash=token_hash(state),
                browser_hash=token_hash(browser),
                issuer=provider.issuer,
                link_to_id=link_to.id if link_to else None,
                next=next,
                expires_at=now() + OAuthState.LIFE,
            )
        )
    answer = redirect(_authorization_url(provider, endpoints, state), 303)
    return with_cookies(answer, {COOKIE: (browser, OAuthState.LIFE + OAuthState.SIGN_UP_LIFE)})


def browser_token() -> str:
    """What binds sign-ins under way to this browser; the same for all its tabs."""
    return request.cookies.get(cookie_name(COOKIE), "")


def subject_behind(provider: Provider, *, code: str, state: str) -> str:
    """Whom the provider means by this code. Asks it, so not inside a write. Raises SignInFailed and
    QueueFull."""
    from board.accounts.sign_in_methods.identity_providers import (  # noqa: PLC0415 - slow
        jose,
        tokens,
    )

    network = network_of(request.remote_addr or "") or ""
    try:
        with _waiting.one_of(_WAITING_FOR_ONE, network):
            token = _id_token(provider, code=code, state=state)
            return tokens.subject_of(token, provider, nonce=models.nonce_of(state))
    except jose.BadToken as error:
        reason = f"provider_token_{error}"
    except (RequestFailed, NoKey) as error:
        reason = "provider_answer"
        current_app.logger.warning("sign-in with %s: %s", provider.name, error)
    raise SignInFailed(reason)


def _authorization_url(provider: Provider, endpoints: Endpoints, state: str) -> str:
    query = {
        "client_id": provider.client_id,
        "redirect_uri": _redirect_uri(provider),
        "response_type": "code",
        "state": state,
        "nonce": models.nonce_of(state),
        "code_challenge": models.challenge_of(state),
        "code_challenge_method": "S256",
    }
    if provider.scope:
        query["scope"] = provider.scope
    url = located(endpoints.authorization)
    return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}"


def _redirect_uri(provider: Provider) -> str:
    return expected_origin() + url_for("identity_providers.back", name=provider.name)


def _id_token(provider: Provider, *, code: str, state: str) -> str:
    """Raises RequestFailed and NoKey."""
    endpoints = provider.endpoints()
    if endpoints is None:
        raise RequestFailed("its addresses cannot be discovered")
    fields = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": _redirect_uri(provider),
        "code_verifier": models.verifier_of(state),
    }
    named, headers = provider.has_named(endpoints.token), {}
    client = provider.client()
    if endpoints.takes_secret_in_form:
        fields |= {"client_id": client.id, "client_secret": client.secret}
    else:
        headers["Authorization"] = _basic(*client)
    db.session.rollback()  # no transaction stays open meanwhile
    answer = http_client.post_form(located(endpoints.token), fields, headers=headers, named=named)
    token: Any = answer.json_object().get("id_token")
    if not isinstance(token, str):
        raise RequestFailed("its answer has no ID token")
    return token


def _basic(id: str, secret: str) -> str:
    """RFC 6749 2.3.1: both are encoded as in a form."""
    pair = f"{quote_plus(id)}:{quote_plus(secret)}"
    return f"Basic {base64.b64encode(pair.encode()).decode()}"

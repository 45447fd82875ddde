"""What providers announce by themselves: somebody has cut the connection over there.

They have no page of ours and so no Origin. Kakao sends a key that both know, Apple signs.
"""

import hmac
import json
from datetime import timedelta
from typing import Any

from flask import abort, current_app, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from board.accounts.auth.used_tokens import use_once
from board.accounts.models import User
from board.accounts.sign_in.methods import methods_of
from board.accounts.sign_in_methods.emails import announce_removed
from board.accounts.sign_in_methods.identity_providers.methods import method_of
from board.accounts.sign_in_methods.identity_providers.models import Identity
from board.accounts.sign_in_methods.identity_providers.providers import Provider
from board.accounts.sign_in_methods.identity_providers.views import bp, provider_or_404
from board.db import db, now, writing
from board.runtime.http_client import RequestFailed
from board.web.access import everyone_as_guest, open_to
from board.web.request.observability.security_events import SecurityEvent, record

# For longer than a message is good: Apple’s is for a day.
_REPEATED_FOR = timedelta(days=7)
_GONE = ("consent-revoked", "account-delete", "account-deleted")


@bp.post("/sign-in/with/kakao/unlinked", defaults={"name": "kakao"})
@open_to(everyone_as_guest)
def kakao_unlinked(name: str) -> ResponseReturnValue:
    """The connection was cut at Kakao. 200 also for somebody unknown, as Kakao asks for."""
    provider, key = provider_or_404(name), current_app.config["KAKAO_ADMIN_KEY"]
    given = request.headers.get("Authorization", "")
    if not key or not hmac.compare_digest(given.encode(), f"KakaoAK {key}".encode()):
        record(SecurityEvent.FORBIDDEN, "provider_webhook")
        abort(401)
    _remove(provider, request.form.get("user_id", ""))
    return "", 200


@bp.post("/sign-in/with/apple/notification", defaults={"name": "apple"})
@open_to(everyone_as_guest)
def apple_notification(name: str) -> ResponseReturnValue:
    """Something has changed at Apple; of interest is only that somebody has gone."""
    from board.accounts.sign_in_methods.identity_providers import (  # noqa: PLC0415 - slow
        jose,
        tokens,
    )

    provider = provider_or_404(name)
    try:
        claims = tokens.signed_claims(_payload(), provider)
        events = tokens.events_in(claims)
        gone = [each for each in events if each.get("type") in _GONE]
        subjects = [tokens.checked_subject(each.get("sub")) for each in gone]
    except jose.BadToken:
        record(SecurityEvent.FORBIDDEN, "provider_webhook")
        abort(401)
    except RequestFailed as error:
        current_app.logger.warning("notification of Apple: %s", error)
        abort(503)
    _remove(provider, *subjects, once=str(claims.get("jti", "")))
    return "", 200


def _payload() -> str:
    """The signed message; empty if there is none."""
    try:
        body: Any = json.loads(request.get_data())
    except (ValueError, RecursionError):
        return ""
    payload = body.get("payload") if isinstance(body, dict) else None
    return payload if isinstance(payload, str) else ""


def _remove(provider: Provider, *subjects: str, once: str = "") -> None:
    """Unlink them and tell their owners. Where it was the only way in, nobody stays signed in.
    `once`: the id of a message that may have come before."""
    found = Identity.issuer == provider.issuer, Identity.subject.in_(subjects)
    with writing():
        if once and not use_once(f"{provider.issuer} {once}", expires_at=now() + _REPEATED_FOR):
            return
        for identity in db.session.scalars(select(Identity).where(*found)).all():
            user = db.session.get_one(User, identity.user_id)
            db.session.delete(identity)
            db.session.flush()
            announce_removed(method_of(provider.name), user)
            if not methods_of(user):
                user.end_sessions()

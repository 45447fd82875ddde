"""What happens once a provider has said who it is, in one write. Called inside `writing()`.

Nothing is ever joined by name or address: a subject leads to the account it was linked to.
"""

from collections.abc import Callable

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from board.accounts import models
from board.accounts.auth.login import start_session
from board.accounts.models import User
from board.accounts.sign_in.after_sign_in import finish_sign_in
from board.accounts.sign_in_methods.emails import announce_added
from board.accounts.sign_in_methods.identity_providers.methods import method_of
from board.accounts.sign_in_methods.identity_providers.models import Identity, OAuthState
from board.accounts.sign_in_methods.identity_providers.providers import Provider
from board.db import db, now
from board.db.clock import today
from board.web.access import Guest

Answer = Callable[[], ResponseReturnValue]  # made after the write


def complete(provider: Provider, state: OAuthState, subject: str, member: User | Guest) -> Answer:
    """Sign in, link to the account of the member who is signed in, or ask somebody new for a
    name."""
    identity = db.session.get(Identity, (provider.issuer, subject))
    if isinstance(member, User) and (identity is None or identity.user_id != member.id):
        said = _link(member, provider, state, subject) if identity is None else "identity_taken"
        db.session.delete(state)
        return lambda: redirect(url_for("sign_in_methods.index", notice=said), 303)
    if identity is not None:
        return sign_in(identity, state)
    if state.link_to_id:  # signed out meanwhile
        db.session.delete(state)
        return lambda: redirect(url_for("accounts.sign_in_form", notice="provider_failed"), 303)
    state.subject, state.expires_at = subject, now() + OAuthState.SIGN_UP_LIFE
    return lambda: redirect(url_for("identity_providers.sign_up_form"), 303)


def sign_in(identity: Identity, state: OAuthState) -> Answer:
    """Their account, unless it is suspended. Staff still show their second factor."""
    user, next = db.session.get_one(User, identity.user_id), state.next
    identity.used_on = today()
    db.session.delete(state)
    cookies = None if user.is_suspended else start_session(user)
    return lambda: finish_sign_in(user, cookies, next=next)


def sign_up(state: OAuthState, name: str) -> Answer | None:
    """A new account without an address and without a password. None if the name is taken."""
    identity = db.session.get(Identity, (state.issuer, state.subject))
    if identity is not None:  # made in another window
        return sign_in(identity, state)
    if db.session.scalar(User.named(name)):
        return None
    user = models.sign_up(email=None, name=name, password_hash="")
    return sign_in(_identity(user, state.issuer, state.subject), state)


def _link(member: User, provider: Provider, state: OAuthState, subject: str) -> str:
    """The notice that says what came of it."""
    if state.link_to_id != member.id:
        return "identity_unknown"
    if Identity.at(provider.issuer, member):
        return "identity_second"
    _identity(member, provider.issuer, subject)
    announce_added(method_of(provider.name), member)
    return "identity_linked"


def _identity(user: User, issuer: str, subject: str) -> Identity:
    identity = Identity(issuer=issuer, subject=subject, user_id=user.id, linked_at=now())
    db.session.add(identity)
    return identity

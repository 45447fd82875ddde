"""Linking an account at a provider to one's own, and unlinking it."""

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_session, current_user
from board.accounts.sign_in.methods import check_not_last
from board.accounts.sign_in.reauthentication import requires_reauthentication
from board.accounts.sign_in_methods.emails import announce_removed
from board.accounts.sign_in_methods.identity_providers import models
from board.accounts.sign_in_methods.identity_providers.methods import method_of
from board.accounts.sign_in_methods.identity_providers.models import Identity
from board.accounts.sign_in_methods.identity_providers.views import (
    bp,
    provider_or_404,
    to_provider,
)
from board.db import writing
from board.web.access import members, open_to
from board.web.response.headers import allow_form_targets


@bp.post("/account/identities/<name>/link")
@open_to(members)
@requires_reauthentication
def link(name: str) -> ResponseReturnValue:
    next = url_for("sign_in_methods.index")
    return to_provider(provider_or_404(name), next, link_to=current_user())


@bp.post("/account/identities/<name>/unlink")
@open_to(members)
@requires_reauthentication
def unlink(name: str) -> ResponseReturnValue:
    """Not the last way in, which raises LastSignInMethod. Other devices are signed out."""
    provider = provider_or_404(name)
    with writing():
        user = current_user()
        if identity := Identity.at(provider.issuer, user):
            models.unlink(identity)
            user.end_sessions(keep=current_session())
            check_not_last(user)
            announce_removed(method_of(name), user)
    notice, unlinked = ("identity_unlinked", name) if identity else (None, None)
    next = url_for("sign_in_methods.index", notice=notice, unlinked=unlinked)
    return redirect(next, 303)


@bp.before_request
def allow_link_targets() -> None:
    """The page that confirms who it is sends its form to `link` again, and so to the provider."""
    if request.endpoint == "identity_providers.link":
        provider = provider_or_404((request.view_args or {})["name"])
        allow_form_targets(provider.form_targets())

"""Each provider as a way to sign in: its section of the page, its emails, and what it is alone."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from flask_babel import LazyString
from flask_babel import gettext as _

from board.accounts.models import User
from board.accounts.sign_in.methods import SignInMethod
from board.accounts.sign_in.reauthentication import is_recent
from board.accounts.sign_in_methods.identity_providers.models import Identity
from board.accounts.sign_in_methods.identity_providers.providers import NAMES, configured, named
from board.web.response.headers import allow_form_targets

_TEMPLATES = "accounts/sign_in_methods/identity_providers"


def _count(name: str, user: User) -> int:
    provider = named(name)
    return int(bool(provider and Identity.at(provider.issuer, user)))


def _linkable(user: User) -> Mapping[str, Any]:
    """Those that this user has linked or can link, for one section of the page, from which a form
    may lead to them."""
    rows = [(one, Identity.at(one.issuer, user), one.form_targets()) for one in configured()]
    allow_form_targets(target for *_, targets in rows for target in targets)
    return {"rows": [row for row in rows if row[1] or row[2]], "is_recent": is_recent()}


def _label(name: str) -> str:
    provider = named(name)
    return str(provider.label) if provider else name


def _warning(name: str, user: User) -> str:
    return _(
        "You can sign in with %(provider)s only. If you lose that account, you lose this one: add "
        "another way.",
        provider=_label(name),
    )


METHODS = tuple(
    SignInMethod(
        name=name,
        label=LazyString(_label, name),
        count=partial(_count, name),
        section=f"{_TEMPLATES}/_section.html" if name == NAMES[0] else "",  # of all of them
        values=_linkable,
        reauthentication=f"{_TEMPLATES}/_again.html",
        warning=partial(_warning, name),
    )
    for name in NAMES
)


def method_of(name: str) -> SignInMethod:
    return next(method for method in METHODS if method.name == name)

"""Passkeys as a sign-in method: adding, renaming and removing them."""

import secrets
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _

from board.accounts.auth.passkeys import Passkey
from board.accounts.auth.webauthn import count_passkeys, current_rp_id
from board.accounts.models import User
from board.accounts.sign_in.methods import SignInMethod
from board.db import db

if TYPE_CHECKING:
    from board.accounts.auth.webauthn_responses import Registration


class TooManyPasskeys(Exception):
    """The user has Passkey.MAX of them."""


class PasskeyExists(Exception):
    """Another passkey has this credential id, of the same account or another."""


def passkeys_of(user: User) -> list[Passkey]:
    return list(db.session.scalars(Passkey.of_user(user)))


def handle_for(passkeys: list[Passkey]) -> bytes:
    """What authenticators know the account by: random, and the same for all its passkeys."""
    return passkeys[0].user_handle if passkeys else secrets.token_bytes(32)


def add_passkey(user: User, new: "Registration", *, name: str) -> None:
    """Called inside a write. Raises TooManyPasskeys or PasskeyExists."""
    if len(passkeys_of(user)) >= Passkey.MAX:
        raise TooManyPasskeys
    if db.session.scalar(Passkey.with_credential_id(new.credential_id)):
        raise PasskeyExists
    passkey = Passkey(
        user_id=user.id,
        rp_id=current_rp_id(),
        credential_id=new.credential_id,
        user_handle=new.user_handle,
        public_key=new.public_key,
        sign_count=new.sign_count,
        is_synced=new.is_synced,
        name=name,
    )
    db.session.add(passkey)


def _values(user: User) -> Mapping[str, Any]:
    passkeys = passkeys_of(user)
    return {"passkeys": passkeys, "may_add": len(passkeys) < Passkey.MAX}


def _warning(user: User) -> str:
    return gettext(
        "A passkey is your only way to sign in. If you lose the device it is on, you lose this "
        "account. Add another way."
    )


PASSKEYS = SignInMethod(
    name="passkey",
    label=_("Passkey"),
    count=count_passkeys,
    section="accounts/sign_in_methods/_passkeys.html",
    values=_values,
    reauthentication="accounts/sign_in_methods/_passkey_again.html",
    warning=_warning,
)

"""The sign-in methods that need nobody else: a password, and a code to the verified address."""

from flask_babel import lazy_gettext as _

from board.accounts.email import queue as email_queue
from board.accounts.models import User
from board.accounts.sign_in.methods import SignInMethod

_SECTIONS = "accounts/sign_in_methods"
PASSWORD = SignInMethod(
    name="password",
    label=_("Password"),
    count=lambda user: int(bool(user.password_hash)),
    section=f"{_SECTIONS}/_password.html",
)


def _count_addresses(user: User) -> int:
    return int(bool(user.email_verified_at) and email_queue.is_configured())


EMAIL = SignInMethod(
    name="email",
    label=_("Email"),
    count=_count_addresses,
    section=f"{_SECTIONS}/_email.html",
    reauthentication=f"{_SECTIONS}/_email_code.html",
)

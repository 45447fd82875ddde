"""Two-factor check of the current session, and of a code that is asked for again."""

from flask import current_app
from flask_babel import gettext as _

from board.accounts.auth.current_user import current_session, current_user
from board.accounts.auth.rate_limit import Attempt
from board.accounts.auth.webauthn import count_passkeys
from board.accounts.models import User
from board.accounts.two_factor.models import SecondFactor
from board.db import db
from board.runtime.app import secret_keys
from board.web.request.observability.security_events import SecurityEvent, record


def passed_two_factor() -> bool:
    """True if this session did, or if neither the board nor the user requires a second factor."""
    session = current_session()
    if session is None or session.second_factor_at:
        return session is not None
    required = current_app.config["STAFF_SECOND_FACTOR"] or has_second_factor(session.user)
    return not required


def has_second_factor(user: User) -> bool:
    """Codes, or a passkey of staff, for whom it stands for both factors."""
    return bool(SecondFactor.for_user(user) or (user.is_staff and count_passkeys(user)))


def accept_code(code: str) -> bool:
    """True for a right code of the current user, which is used up. A wrong one counts as an
    attempt. Call inside a write. Raises TooManyAttempts.
    """
    key = current_app.config["SECRET_KEY"]
    attempt = Attempt.begin_second_factor(current_user().id, key=key)
    factor = SecondFactor.for_user(current_user())
    if factor is None or not factor.accept(code, keys=secret_keys()):
        record(SecurityEvent.LOGIN_FAILED, "second_factor", actor=current_user())
        return False
    db.session.flush()
    attempt.discard()
    return True


def wrong_code_text() -> str:
    return _("This code is wrong or has already been used. Wait for the next one.")

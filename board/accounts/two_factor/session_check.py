"""Two-factor check of the current session: what staff pages ask for."""

from flask import current_app

from board.accounts.auth.current_user import current_session
from board.accounts.two_factor.models import SecondFactor


def passed_two_factor() -> bool:
    """True if this session did, or if neither the board nor the user requires a second factor."""
    session = current_session()
    if session is None or session.second_factor_at:
        return session is not None
    required = current_app.config["STAFF_SECOND_FACTOR"] or SecondFactor.for_user(session.user)
    return not required

"""Starting sessions."""

import secrets
from datetime import date

from board.accounts.models import Session, User, token_hash
from board.db import now


def sign_in(
    user: User, *, device: str, today: date, second_factor: bool = False
) -> tuple[Session, str]:
    """A new session and its token, which is not stored. `today` is the date in the newsroom;
    `second_factor`: two-step verification was passed."""
    token = secrets.token_urlsafe(32)
    life = Session.STAFF_LIFE if user.is_staff else Session.LIFE
    session = Session(
        token_hash=token_hash(token),
        device=device,
        seen_on=today,
        seen_at=now() if user.is_staff else None,
        expires_at=now() + life,
        password_at=now(),
        second_factor_at=now() if second_factor else None,
    )
    user.sessions.append(session)
    return session, token

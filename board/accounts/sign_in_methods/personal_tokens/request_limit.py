"""Request limit of tokens: how many requests the programs of one person may make in a minute.

The generic cell rate algorithm (GCRA) on a clock that no one can set, in memory that the workers
share. The headers are those of the IETF draft “RateLimit header fields for HTTP”.
"""

import time
from math import ceil
from pathlib import Path

from flask import current_app

from board.accounts.models import User
from board.runtime.app import setting
from board.runtime.shared_state import SharedState

WINDOW = 60.0  # seconds


class Allowance:
    """What is left of the limit after this request. `retry_after`: seconds, if it is refused."""

    def __init__(self, limit: int, debt: float, *, is_over: bool) -> None:
        cost = WINDOW / limit
        left = 0 if is_over else int((WINDOW - debt) / cost + 1e-6)
        self.retry_after = ceil(debt + cost - WINDOW) if is_over else None
        self.headers = {
            "RateLimit-Policy": f'"token";q={limit};w={WINDOW:.0f}',
            "RateLimit": f'"token";r={left};t={ceil(debt)}',
        }
        if self.retry_after:
            self.headers["Retry-After"] = str(self.retry_after)


def take(user: User) -> Allowance | None:
    """Count a request of one of this user’s tokens; None without a limit."""
    limit: int = setting("TOKEN_REQUESTS_PER_MINUTE")
    if not limit:
        return None
    state: SharedState = current_app.extensions["token_requests"]
    cost, moment = WINDOW / limit, time.monotonic()
    lock = Path(current_app.instance_path) / "token-requests.lock"
    with state.changing(lock) as debts:
        for id in [id for id, paid_at in debts.items() if paid_at <= moment]:
            del debts[id]
        debt = max(0.0, debts.get(str(user.id), moment) - moment)
        is_over = debt + cost > WINDOW + 1e-6
        if not is_over:
            debt += cost
            debts[str(user.id)] = moment + debt
    return Allowance(limit, debt, is_over=is_over)

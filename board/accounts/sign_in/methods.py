"""Sign-in methods: the registry of ways into an account, and the rule that one always stays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from board.accounts.models import User
from board.db import db
from board.runtime.hooks import Hook


class LastSignInMethod(Exception):
    """Nobody could sign in to this account any longer."""


@dataclass(frozen=True)
class SignInMethod:
    """A kind of ways to sign in. The page lists them in the order of wiring.py."""

    name: str  # in kinds of emails
    label: Any  # in emails
    count: Callable[[User], int]  # of this user's that work now
    # Template of its section on the page, or empty, and the values of `method` in it.
    section: str
    values: Callable[[User], Mapping[str, Any]] = lambda user: {}
    # Template of the part of the page that asks again who it is, for users who have such a way.
    reauthentication: str = ""
    # What to say to a user who has this way only.
    warning: Callable[[User], str] = lambda user: ""


sign_in_methods: Hook[SignInMethod] = Hook()


def methods_of(user: User) -> list[SignInMethod]:
    """Those by which this user can sign in now."""
    return [method for method in sign_in_methods if method.count(user)]


def check_not_last(user: User) -> None:
    """Call after removing one, in the same write, which is undone by LastSignInMethod if nothing
    is left to sign in with."""
    db.session.flush()
    if not methods_of(user):
        raise LastSignInMethod


def warning_for(user: User) -> str:
    """What may happen to somebody who can sign in one way only; empty for others."""
    ways = [method for method in sign_in_methods for _way in range(method.count(user))]
    return ways[0].warning(user) if len(ways) == 1 else ""

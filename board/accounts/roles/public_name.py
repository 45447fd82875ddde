"""The public name of a moderator: the display name, or a number, as “Moderator 3”."""

from flask_babel import gettext
from sqlalchemy import func, select

from board.accounts.models import User
from board.db import db


def public_name(user: User) -> str:
    """What the public log calls a moderator."""
    return _number(user) if user.acts_by_number else user.name


def public_names(user: User) -> list[tuple[str, str]]:
    """The choices for a form: "name" or "number"."""
    number = _number(user) if user.moderator_number else gettext("A number, as “Moderator 3”")
    return [("name", user.name), ("number", number)]


def choose_public_name(user: User, choice: str) -> None:
    """One of `public_names`. A number is given once, and kept for good."""
    user.acts_by_number = choice == "number"
    if user.acts_by_number and user.moderator_number is None:
        highest = db.session.scalar(select(func.max(User.moderator_number))) or 0
        user.moderator_number = highest + 1


def _number(user: User) -> str:
    return gettext("Moderator %(number)d", number=user.moderator_number)

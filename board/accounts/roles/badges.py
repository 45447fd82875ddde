"""Badges of the newsroom beside a name: the label of a user. They let nobody do anything."""

from sqlalchemy import Select, or_, select

from board.accounts.models import User
from board.accounts.roles import emails
from board.accounts.roles.changes import NotAllowed, NotOpen
from board.accounts.roles.log import StaffAction, append_entry
from board.accounts.roles.rules import may_label


def newsroom() -> Select[User]:
    """All who have a capability or a label, the oldest account first."""
    capabilities = (getattr(User, name) for name in User.CAPABILITIES)
    return select(User).where(or_(User.label != "", *capabilities)).order_by(User.id)


def give_label(user: User, label: str, *, by: User | None) -> None:
    """Set the label, or with "" take it away; None: an administrator. Raises NotAllowed, and
    NotOpen if nothing would change."""
    if by and not may_label(by, user):
        raise NotAllowed
    if user.left_on or user.label == label:
        raise NotOpen
    user.set_label(label)
    act = StaffAction(f"label_{label or 'none'}")
    emails.announce(append_entry(act, by=by, about=user))

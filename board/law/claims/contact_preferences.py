"""How somebody wants to be told when a claim is made about what they wrote.

정보통신망법 44조의2 ①: whoever publishes may name the way beforehand. Their notices on the board
tell them at once, whatever they name; moderators use this way beside it.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ForeignKey, String, select
from sqlalchemy.orm import Mapped, mapped_column

from board.accounts.models import User
from board.db import Base, db, now


class ContactPreference(Base):
    __tablename__ = "notice_channel"
    CONTACT_MAX = 200

    user_id: Mapped[int] = mapped_column(ForeignKey(User.id), primary_key=True)
    contact: Mapped[str] = mapped_column(String(CONTACT_MAX))
    made_at: Mapped[datetime] = mapped_column(default=now)


def set_contact(contact: str, *, by: User) -> None:
    """Use this way from now on; none when it is empty."""
    there = db.session.get(ContactPreference, by.id)
    if not contact:
        if there:
            db.session.delete(there)
    elif there:
        there.contact, there.made_at = contact, now()
    else:
        db.session.add(ContactPreference(user_id=by.id, contact=contact, made_at=now()))


def contacts_of(user_ids: Iterable[int]) -> dict[int, str]:
    """By the id of whoever has named one."""
    found = select(ContactPreference).where(ContactPreference.user_id.in_(list(user_ids)))
    return {channel.user_id: channel.contact for channel in db.session.scalars(found)}


def delete_for_user(user: User) -> None:
    set_contact("", by=user)


def export_contact(user: User) -> str | None:
    return contacts_of([user.id]).get(user.id)

"""Contact preferences: where authors want to be notified of claims about their comments.

정보통신망법 44조의2 ①: authors may name a contact beforehand. Notifications on the board reach them
at once in any case; moderators use this contact as well.
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
    """Set the contact; an empty one removes it."""
    preference = db.session.get(ContactPreference, by.id)
    if not contact:
        if preference:
            db.session.delete(preference)
    elif preference:
        preference.contact, preference.made_at = contact, now()
    else:
        db.session.add(ContactPreference(user_id=by.id, contact=contact, made_at=now()))


def contacts_for(user_ids: Iterable[int]) -> dict[int, str]:
    """Contacts by user id; users without one are missing."""
    rows = select(ContactPreference).where(ContactPreference.user_id.in_(list(user_ids)))
    return {preference.user_id: preference.contact for preference in db.session.scalars(rows)}


def delete_for_user(user: User) -> None:
    set_contact("", by=user)


def export_contact(user: User) -> str | None:
    return contacts_for([user.id]).get(user.id)

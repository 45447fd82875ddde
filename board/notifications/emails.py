"""The email of a digest: who, where, and a link. Never what a comment says."""

from flask import url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import select

from board.accounts.email.queue import EmailPreference, EmailText, QueuedEmail, link_line
from board.accounts.models import User
from board.db import db
from board.notifications.entries import Entry, entries_of
from board.notifications.models import Notification

ENTRIES_MAX = 10  # the newest; the page has the others


def digest_text(email: QueuedEmail) -> EmailText:
    user, entries = db.session.get_one(User, email.user_id), _entries(email)
    return EmailText(_subject(entries), "\n\n".join([*_paragraphs(user, entries), *_links()]))


def is_wanted(email: QueuedEmail) -> bool:
    """Something is still unseen and can be read; and no choice was made against it."""
    user = db.session.get_one(User, email.user_id)
    return user.mail == EmailPreference.ALL and bool(_entries(email))


def _entries(email: QueuedEmail) -> list[Entry]:
    """Newest first."""
    told = select(Notification).where(
        Notification.user_id == email.user_id,
        Notification.mailed_as == email.about,
        Notification.seen_at.is_(None),
    )
    return entries_of(db.session.scalars(told.order_by(Notification.id.desc())).all())


def _subject(entries: list[Entry]) -> str:
    count = sum(entry.replies for entry in entries)
    if any(not entry.replies for entry in entries):
        return _("You have a notification")
    return ngettext("%(num)d new reply", "%(num)d new replies", count)


def _paragraphs(user: User, entries: list[Entry]) -> list[str]:
    """An address that is not verified may be somebody else’s, so it is told no names."""
    about_comments = [entry for entry in entries if not entry.ruling]
    named = about_comments[:ENTRIES_MAX] if user.email_verified_at else []
    return [*map(_paragraph, named), *_invitation(entries, named)]


def _paragraph(entry: Entry) -> str:
    comment = entry.comment
    id, title = (comment.id, comment.article.title) if comment else (0, "")
    url = url_for("comments.comment", id=id, _anchor=f"comment-{id}", _external=True)
    return f"{entry.text}\n{link_line(title, url)}"


def _invitation(entries: list[Entry], named: list[Entry]) -> list[str]:
    """What there is to read on the page besides."""
    if any(entry.ruling for entry in entries):
        return [
            _(
                "A decision has been made about your comments or your account. Read what was "
                "decided, why, and how to appeal:"
            )
        ]
    return [] if named else [_("Somebody has replied to you or mentioned you. Read it here:")]


def _links() -> list[str]:
    page = url_for("notifications.index", _external=True)
    choice = url_for("accounts.account", _anchor="emails", _external=True)
    return [
        link_line(_("Open notifications"), page),
        link_line(_("Choose which emails you get"), choice),
    ]

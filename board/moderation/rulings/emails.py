"""E-mails about rulings the law demands, each of its own. Notifications tell of all others."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from board.accounts.email import queue as email_queue
from board.accounts.email.queue import EmailText, QueuedEmail, link_line
from board.db import db
from board.moderation.rulings.author_notices import READ_BY_USER, is_for_user
from board.moderation.rulings.models import Ruling


def announce_legal(ruling: Ruling) -> None:
    """Queue an e-mail to the user a legal ruling is about."""
    if ruling.is_legal and ruling.about and ruling.verdict in READ_BY_USER:
        email_queue.enqueue("legal", ruling.id, to=ruling.about)


def legal_text(email: QueuedEmail) -> EmailText:
    page = url_for("notifications.index", _external=True)
    return EmailText(
        _("A legal notice about what you wrote"),
        _(
            "A comment of yours, or your account data, was the subject of a rights complaint or "
            "a legal order. Read what was done and why; where you can object, the notification "
            "says how and by when:"
        )
        + "\n\n"
        + link_line(_("Open notifications"), page),
    )


def still_stands(email: QueuedEmail) -> bool:
    ruling = select(Ruling.id).where(Ruling.id == email.about, *is_for_user())
    return db.session.scalar(ruling) is not None

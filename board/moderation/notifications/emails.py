"""E-mails about decisions on a user or their comments."""

from flask import url_for
from flask_babel import gettext as _

from board.accounts.email import queue as email_queue
from board.accounts.email.queue import EmailPreference, EmailText, QueuedEmail, link_line
from board.accounts.models import User
from board.db import db
from board.moderation.notifications import models as notifications
from board.moderation.rulings.models import Ruling, Verdict

# An approved comment is good news, and can wait until the author comes back.
_MAILED = frozenset(notifications.NOTIFIED) - {Verdict.KEEP}


def announce(ruling: Ruling) -> None:
    """Queue an e-mail to the user a ruling is about."""
    if ruling.verdict in _MAILED and ruling.about and ruling.reason != "appeal":
        email_queue.enqueue("legal" if ruling.is_legal else "news", ruling.id, to=ruling.about)


def decision_text(email: QueuedEmail) -> EmailText:
    return EmailText(
        _("You have a notification"),
        _(
            "A decision has been made about your comments or your account. Read what was "
            "decided, why, and how to appeal:"
        )
        + _link(),
    )


def legal_text(email: QueuedEmail) -> EmailText:
    return EmailText(
        _("A legal notice about what you wrote"),
        _(
            "A comment of yours, or your account data, was the subject of a rights complaint or "
            "a legal order. Read what was done and why; where you can object, the notification "
            "says how and by when:"
        )
        + _link(),
    )


def _link() -> str:
    page = url_for("people.notices", _external=True)
    return "\n\n" + link_line(_("Open notifications"), page)


def stop_news(user: User) -> None:
    """Only the emails that the law requires from now on."""
    if user.mail == EmailPreference.ALL:
        user.mail = EmailPreference.LEGAL.value


def is_news(email: QueuedEmail) -> bool:
    """Still worth sending: not read on the board by now, and not undone."""
    user = _recipient(email)
    return (
        user.mail == EmailPreference.ALL and email.about > user.notices_seen and still_stands(email)
    )


def still_stands(email: QueuedEmail) -> bool:
    rulings = notifications.notifications_for(_recipient(email))
    return db.session.scalar(rulings.where(Ruling.id == email.about)) is not None


def _recipient(email: QueuedEmail) -> User:
    return db.session.get_one(User, email.user_id)


def cancel_other_news(email: QueuedEmail) -> None:
    """Cancel the other pending e-mails of the user: one stands for all."""
    email_queue.cancel_pending("news", to=email.address)

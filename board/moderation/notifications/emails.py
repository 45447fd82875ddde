"""By mail: that something was decided about somebody, or about what they wrote."""

from flask import url_for
from flask_babel import gettext as _

from board.accounts.email import queue as email_queue
from board.accounts.email.message import unsubscribe_url
from board.accounts.email.queue import EmailPreference, EmailText, QueuedEmail
from board.accounts.models import User
from board.db import db
from board.moderation.notifications import models as notifications
from board.moderation.rulings.models import Ruling, Verdict

# That a comment may be read after all is good news, and can wait until they come back.
_MAILED = frozenset(notifications.NOTIFIED) - {Verdict.KEEP}


def announce(ruling: Ruling) -> None:
    if ruling.verdict in _MAILED and ruling.about and ruling.reason != "appeal":
        email_queue.enqueue("legal" if ruling.is_legal else "news", ruling.id, to=ruling.about)


def decision_text(letter: QueuedEmail) -> EmailText:
    return EmailText(
        _("You have a notification"),
        _(
            "A decision has been made about your comments or your account. Read what was "
            "decided, why, and how to appeal:"
        )
        + _where(letter),
    )


def legal_text(letter: QueuedEmail) -> EmailText:
    return EmailText(
        _("A legal notice about what you wrote"),
        _(
            "A comment of yours, or your account data, was the subject of a rights complaint or "
            "a legal order. Read what was done and why; where you can object, the notification "
            "says how and by when:"
        )
        + _where(letter),
    )


def _where(letter: QueuedEmail) -> str:
    page, stop = url_for("people.notices", _external=True), unsubscribe_url(_reader(letter))
    not_mine = _("If you have no account with us, or do not want any email:")
    return f"\n\n{page}\n\n{not_mine}\n{stop}\n"


def is_news(letter: QueuedEmail) -> bool:
    """Not read on the board by now, and not taken back."""
    user = _reader(letter)
    return (
        user.mail == EmailPreference.ALL
        and letter.about > user.notices_seen
        and still_stands(letter)
    )


def still_stands(letter: QueuedEmail) -> bool:
    told = notifications.notifications_for(_reader(letter)).where(Ruling.id == letter.about)
    return db.session.scalar(told) is not None


def _reader(letter: QueuedEmail) -> User:
    return db.session.get_one(User, letter.user_id)


def cancel_other_news(letter: QueuedEmail) -> None:
    """One e-mail says it for all that still wait."""
    email_queue.cancel_pending("news", to=letter.address)

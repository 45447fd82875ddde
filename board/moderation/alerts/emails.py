"""Alerts by email, for each moderator who wants them."""

import secrets
from collections import defaultdict

from flask_babel import gettext as _

from board.accounts.email import queue as email_queue
from board.accounts.email.frequency import Frequency
from board.accounts.email.queue import EmailText, QueuedEmail
from board.accounts.models import User
from board.db import db, now
from board.moderation.alerts.kinds import alert_kinds, lines
from board.moderation.alerts.models import DELAY, AlertSubscription, chosen_by, since

KIND = "staff_alert"


def is_due() -> bool:
    return email_queue.is_configured() and bool(_due())


def run() -> None:
    """Queue an email to each whose time has come. It tells of all they chose, so all are told."""
    moment = now()
    for user_id in _due():
        user = db.session.get_one(User, user_id)
        for row in db.session.scalars(AlertSubscription.of(user)):
            row.told_until = moment
        email_queue.cancel_pending(KIND, to=user.email)  # while the mail server is away
        about = secrets.randbits(62)  # it is about no row
        to, language = user.email, user.language
        email_queue.enqueue_at_once(KIND, about, to=to, language=language, user_id=user.id)


def _due() -> set[int]:
    """Ids of moderators for whom something has happened, and waited for as long as they want."""
    moment = now()
    rows: defaultdict[int, list[AlertSubscription]] = defaultdict(list)
    for row in db.session.scalars(AlertSubscription.of_moderators()):
        rows[row.user_id].append(row)
    return {
        user_id
        for user_id, theirs in rows.items()
        if any(
            alert_kinds[row.kind].first_event(
                since(row.told_until, moment), Frequency(row.frequency).cutoff(moment, delay=DELAY)
            )
            for row in theirs
        )
    }


def text(email: QueuedEmail) -> EmailText:
    user = db.session.get_one(User, email.user_id)
    begin = _("This waits for a decision at the desk now:")
    return EmailText(
        _("Something new waits at the desk"),
        "\n\n".join([begin, "\n".join(lines(set(chosen_by(user))))]),
    )


def is_wanted(email: QueuedEmail) -> bool:
    """Not if all was decided meanwhile, or they are no moderator any more."""
    user = db.session.get_one(User, email.user_id)
    return user.can_moderate and any(alert_kinds[name].count() for name in chosen_by(user))

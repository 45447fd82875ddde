"""Alerts for moderators about the law: what has to be answered in time."""

from flask_babel import lazy_gettext as _

from board.law.authorities.orders import Order
from board.law.claims import workflow
from board.law.claims.models import Claim, State
from board.moderation.alerts.kinds import REMINDER, AlertKind, Moment

KINDS_OF_LAW = {
    "orders": AlertKind(
        _("Orders"),
        (Moment(Order.made_at), Moment(Order.deadline_at, -REMINDER)),
        Order.answered_at.is_(None),
        Order.count_waiting,
        "registers.orders_page",
    ),
    "claims": AlertKind(
        _("Rights complaints"),
        (Moment(Claim.made_at), Moment(Claim.made_at, Claim.ANSWER_WITHIN - REMINDER)),
        Claim.state == State.RECEIVED.value,
        workflow.count_waiting,
        "claims.index",
    ),
}

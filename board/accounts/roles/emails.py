"""Emails about roles: to the staff concerned, to who is offered one, and before a reset.

They say what kind of thing happened and where to read it; names stand on the pages.
"""

from flask import url_for
from flask_babel import gettext as _
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import Select, delete, or_, select

from board.accounts.email import queue as email_queue
from board.accounts.email.queue import EmailText, QueuedEmail
from board.accounts.models import User
from board.accounts.roles.labels import act_label, capability_label
from board.accounts.roles.log import StaffAction, StaffLogEntry
from board.accounts.roles.models import GrantState, RoleGrant
from board.accounts.roles.rules import RULES, rule_of
from board.db import db
from board.runtime.app import signing_keys
from board.web.i18n import format_datetime

STAFF, OFFER, RESET = "staff", "staff_offer", "staff_reset"
KINDS = (STAFF, OFFER, RESET)
_RECIPIENTS_MAX = 1 << 12  # of one entry: `about` of an email has its id and their place


def announce(entry: StaffLogEntry) -> None:
    """Tell those who propose, second or take away what it is about, its holders, and its subject;
    not who did it."""
    concerned = _concerned(entry)
    others = [user for user in db.session.scalars(concerned) if user.id != entry.by_id]
    for place, user in enumerate(others[:_RECIPIENTS_MAX]):
        about = entry.id * _RECIPIENTS_MAX + place
        email_queue.enqueue_at_once(STAFF, about, to=user.email, language=user.language)


def announce_offer(grant: RoleGrant) -> None:
    """Without a token: who signs in with this address finds the offer."""
    kind, to = (RESET if grant.is_reset else OFFER), grant.user
    language = to.language if to else grant.proposer.language
    address = to.email if to else grant.address
    email_queue.enqueue_at_once(kind, grant.id, to=address, language=language)


def _concerned(entry: StaffLogEntry) -> Select[User]:
    names = {"can_appoint"}
    if entry.capability:
        rule = rule_of(entry.capability, entry.about)
        names |= {rule.proposes, *rule.seconds, *rule.takes_away}
        names |= {entry.capability} & RULES.keys()
    whom = or_(*(getattr(User, name) for name in names))
    about = entry.about  # others are told of offers only
    if about and (about.is_staff or entry.act == StaffAction.REVOKE):
        whom = or_(whom, User.id == about.id)
    return select(User).where(whom, User.left_on.is_(None)).order_by(User.id)


def staff_text(email: QueuedEmail) -> EmailText:
    entry = db.session.get_one(StaffLogEntry, email.about // _RECIPIENTS_MAX)
    what = act_label(entry.act)
    if entry.capability:
        what = f"{what}: {capability_label(entry.capability)}"
    return EmailText(
        _("Staff: %(what)s", what=what),
        _(
            "There is a new entry in the staff log, of %(when)s. Desk staff can read it there. "
            "Tell your colleagues if you know nothing of it:",
            when=format_datetime(entry.made_at),
        )
        + f"\n\n{url_for('staff.log', _external=True)}\n",
    )


def offer_text(email: QueuedEmail) -> EmailText:
    grant = db.session.get_one(RoleGrant, email.about)
    return EmailText(
        _("You are asked to join the staff"),
        _(
            "Somebody would like you to take on a role here: %(role)s. Sign in with this email "
            "address, or sign up with it, and accept or decline by %(until)s:",
            role=capability_label(grant.capability),
            until=format_datetime(grant.expires_at),
        )
        + f"\n\n{url_for('offers.index', _external=True)}\n\n"
        + _("If you know nothing of it, there is nothing to do.")
        + "\n",
    )


def reset_text(email: QueuedEmail) -> EmailText:
    grant = db.session.get_one(RoleGrant, email.about)
    url = url_for("offers.not_me_form", to=_serializer().dumps(grant.id), _external=True)
    return EmailText(
        _("Your two-step verification is to be reset"),
        _(
            "Colleagues have asked for it because you lost your phone. It happens on %(when)s. If "
            "you did not ask them, stop it here at once; that also signs you out everywhere:",
            when=format_datetime(grant.reset_at or grant.expires_at),
        )
        + f"\n\n{url}\n",
    )


def is_offer_open(email: QueuedEmail) -> bool:
    grant = db.session.get(RoleGrant, email.about)
    return grant is not None and grant.is_open and grant.state == GrantState.OFFERED


def reset_of_token(token: str) -> RoleGrant | None:
    """The reset that a link of an email stops. None if it is over, or the link is not ours."""
    try:
        grant = db.session.get(RoleGrant, _serializer().loads(token))
    except BadSignature:
        return None
    return grant if grant and grant.is_open else None


def delete_for_user(user: User) -> None:
    ours = QueuedEmail.kind.in_(KINDS), QueuedEmail.address == user.email
    db.session.execute(delete(QueuedEmail).where(*ours))


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(signing_keys(), salt="staff reset")

"""Emails on the status of a claim, to claimants who gave an address; never with the code."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, select

from board.accounts.email import queue as email_queue
from board.accounts.email.queue import EmailText, QueuedEmail, link_line
from board.accounts.forms import is_email
from board.db import db
from board.law.claims import workflow as claim_workflow
from board.law.claims.models import Claim, State, Step
from board.moderation.appeals.models import Appeal
from board.text.domains import ascii_domain


def announce_step(step: Step) -> None:
    """Email the claimant, except when an undone decision only returned the claim to received."""
    db.session.flush()
    if step.state != State.RECEIVED or len(step.claim.steps) == 1:
        _enqueue(step.claim, "claim", step.id)


def announce_appeal(appeal: Appeal) -> None:
    """Email each claimant that the author objects to the decision on their claim."""
    for step in db.session.scalars(_steps_due_to(appeal.ruling.id)).all():
        _enqueue(step.claim, "claim_objection", step.id)


def _enqueue(claim: Claim, kind: str, about: int) -> None:
    claimant = claim.claimant
    address = ascii_domain(claimant.contact) if claimant else ""
    if claimant and is_email(address):
        email_queue.enqueue_to(address, kind, about, language=claimant.language)


def state_text(email: QueuedEmail) -> EmailText:
    step = _step(email)
    if step.state == State.RECEIVED:
        message = _("Your claim has been received.")
    elif step.claim.is_open:
        message = _("Your claim has been decided.")
    else:
        message = _("Your claim has been decided and the case is closed.")
    return _email_text(step.claim, message)


def objection_text(email: QueuedEmail) -> EmailText:
    return _objection_text(_step(email))


def objection_text_by_ruling(email: QueuedEmail) -> EmailText:
    """For emails queued when a ruling was about one claim, and they about the ruling."""
    return _objection_text(db.session.scalars(_steps_due_to(email.about).limit(1)).one())


def _objection_text(step: Step) -> EmailText:
    return _email_text(step.claim, _("The author of the comment has objected."))


def _email_text(claim: Claim, message: str) -> EmailText:
    details = _(
        "For details, enter this number and the code you were given when you made the claim:"
    )
    page = url_for("rights.status_form", _external=True)
    subject = _("Your claim %(number)s", number=claim.receipt)
    link = link_line(_("See the status"), page)
    return EmailText(subject, f"{message} {details}\n\n{claim.receipt}\n\n{link}")


def is_last_step(email: QueuedEmail) -> bool:
    """Whether the email is still true: undone or overtaken steps are not sent."""
    step = _step(email)
    return step.claim.steps[-1] is step


def mark_step_notified(email: QueuedEmail) -> None:
    claim_workflow.mark_notified(_step(email))


def _steps_due_to(ruling_id: int) -> Select[Step]:
    """One of each claim that the ruling decided, oldest first."""
    return select(Step).where(Step.ruling_id == ruling_id).order_by(Step.id)


def _step(email: QueuedEmail) -> Step:
    return db.session.get_one(Step, email.about)

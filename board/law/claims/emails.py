"""By mail: how a claim stands, to claimants who gave an address; the code is never in it."""

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import select

from board.accounts.email import queue as email_queue
from board.accounts.email.queue import EmailText, QueuedEmail
from board.accounts.forms import is_email
from board.db import db
from board.law.claims import workflow as claim_workflow
from board.law.claims.models import Claim, State, Step
from board.moderation.appeals.models import Appeal


def announce_step(step: Step) -> None:
    """A claim that was received again, since a decision was taken back, is no news."""
    db.session.flush()
    if step.state != State.RECEIVED or len(step.claim.steps) == 1:
        _write_to(step.claim, "claim", step.id)


def announce_appeal(asked: Appeal) -> None:
    """The author objects to what was done for a claim."""
    step = db.session.scalar(select(Step).where(Step.ruling_id == asked.ruling.id).limit(1))
    if step:
        _write_to(step.claim, "objection", asked.ruling.id)


def _write_to(claim: Claim, kind: str, about: int) -> None:
    to = claim.claimant
    if to and is_email(to.contact):
        email_queue.enqueue_to(to.contact, kind, about, language=to.language)


def state_text(letter: QueuedEmail) -> EmailText:
    step = _step(letter)
    if step.state == State.RECEIVED:
        said = _("Your claim has been received.")
    elif step.claim.is_open:
        said = _("Your claim has been decided.")
    else:
        said = _("Your claim has been decided and the case is closed.")
    return _words(step.claim, said)


def objection_text(letter: QueuedEmail) -> EmailText:
    step = db.session.scalars(select(Step).where(Step.ruling_id == letter.about).limit(1)).one()
    return _words(step.claim, _("The author of the comment has objected."))


def _words(claim: Claim, said: str) -> EmailText:
    read = _("For details, enter this number and the code you were given when you made the claim:")
    page = url_for("rights.status_form", _external=True)
    subject = _("Your claim %(number)s", number=claim.receipt)
    return EmailText(subject, f"{said} {read}\n\n{claim.receipt}\n{page}\n")


def is_last_step(letter: QueuedEmail) -> bool:
    """What was taken back, or overtaken, is told no more."""
    step = _step(letter)
    return step.claim.steps[-1] is step


def mark_step_notified(letter: QueuedEmail) -> None:
    claim_workflow.mark_notified(_step(letter))


def _step(letter: QueuedEmail) -> Step:
    return db.session.get_one(Step, letter.about)

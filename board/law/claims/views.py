"""Rights claims for the public, with or without an account: make one, check its status."""

from typing import Any, NamedTuple

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from board.accounts.auth.current_user import current_user
from board.accounts.auth.login import begin_guest_attempt
from board.accounts.auth.rate_limit import TooManyAttempts
from board.articles.sharing import absolute
from board.comments.models import Comment
from board.db import db, writing
from board.law.claims import contact_preferences, evidence, uploads
from board.law.claims import workflow as claim_workflow
from board.law.claims.evidence import Evidence
from board.law.claims.forms import ClaimForm, ContactForm, StatusForm, claim_kinds
from board.law.claims.models import Claim
from board.moderation.rulings.labels import verdict_label
from board.web.access import everyone, members, open_to
from board.web.forms import query_id
from board.web.i18n import language

bp = Blueprint("rights", __name__)

# From one network, so that one network never blocks another.
PER_HOUR = 10
_NO_STORE = {"Cache-Control": "private, no-store"}


class Event(NamedTuple):
    """A line in the history of a claim."""

    at: Any
    label: str
    text: str


def init_app(app: Flask) -> None:
    app.add_template_global(claim_state)
    app.add_template_global(_my_contact, "my_notice_channel")
    app.add_template_global(lambda: ContactForm.unbound(), "notice_channel_form")


def claim_state(state: str) -> str:
    return {
        "received": gettext("Claim received"),
        "blocked": gettext("Temporary takedown"),
        "rejected": gettext("Rejected"),
        "rebutted": gettext("Response published"),
        "restored": gettext("Restored"),
        "removed": gettext("Permanent removal"),
    }[state]


@bp.get("/report/rights")
@open_to(everyone, query=("comment",))
def claim_form() -> ResponseReturnValue:
    """`?comment=` is the comment whose page linked here."""
    id = query_id("comment")
    url = absolute(url_for("comments.comment", id=id)) if id else ""
    return _claim_page(ClaimForm.unbound(data={"url": url}))


@bp.post("/report/rights")
@open_to(everyone, uploads=lambda: uploads.BYTES_MAX, upload_sink=uploads.ReceivedFile)
def claim() -> ResponseReturnValue:
    form = ClaimForm.from_post()
    if not form.validate():
        return _claim_page(form), 422
    files = evidence.encrypt_uploads(form.uploads())
    try:
        received, secret = _receive(form, files)
    except TooManyAttempts:
        form.form_errors.append(
            gettext(
                "Many claims have been made from your network in the past hour. Please try "
                "again later."
            )
        )
        return _claim_page(form), 429
    return render_template("law/claimed.html", claim=received, secret=secret), 201, _NO_STORE


@bp.get("/report/rights/status")
@open_to(everyone)
def status_form() -> ResponseReturnValue:
    return _status_page(StatusForm.unbound())


@bp.post("/report/rights/status")
@open_to(everyone)
def status() -> ResponseReturnValue:
    """POST, so that no URL contains the code."""
    form = StatusForm.from_post()
    if not form.validate():
        return _status_page(form), 422
    match = db.session.scalar(Claim.by_receipt(form.receipt.data, form.secret.data))
    if match is None:
        form.secret.errors = [gettext("No claim matches this number and code.")]
        return _status_page(form), 422
    return _status_page(form, match)


@bp.get("/transparency/takedowns")
@open_to(everyone, query=("before",))
def public() -> ResponseReturnValue:
    rows = list(db.session.scalars(Claim.acted_on(before=query_id("before"))))
    claims = rows[: Claim.PAGE_SIZE]
    more = claims[-1].id if len(rows) > Claim.PAGE_SIZE else None
    return render_template(
        "law/takedowns.html", claims=claims, more=more, kinds=dict(claim_kinds())
    )


@bp.post("/account/notices/channel")
@open_to(members)
def channel() -> ResponseReturnValue:
    """Set the contact for claims about one's comments; an empty one removes it."""
    form = ContactForm.from_post()
    if form.validate():
        with writing():
            contact_preferences.set_contact(form.contact.data or "", by=current_user())
        code = "contact_set" if form.contact.data else "contact_removed"
        return redirect(url_for("notifications.index", notice=code), 303)
    return redirect(url_for("notifications.index"), 303)


def history(claim: Claim) -> list[Event]:
    """Decisions and the author's objections, oldest first, without any name."""
    events = [Event(step.made_at, claim_state(step.state), step.says) for step in claim.steps]
    for appeal in claim_workflow.objections(claim):
        events.append(Event(appeal.made_at, gettext("Author’s objection"), appeal.text))
        if appeal.outcome and appeal.decided_at:
            label = verdict_label(appeal.outcome.verdict)
            events.append(Event(appeal.decided_at, label, appeal.outcome.note))
    return sorted(events, key=lambda event: event.at)


def _receive(form: ClaimForm, files: list[Evidence]) -> tuple[Claim, str]:
    """Store the claim, or delete its files. Raises TooManyAttempts."""
    try:
        with writing():
            begin_guest_attempt("claim", per_hour=PER_HOUR)
            comment = db.session.get_one(Comment, form.comment.id)
            received, secret = claim_workflow.receive_claim(
                comment, language=language(), **form.particulars()
            )
            db.session.flush()
            evidence.attach(received, files)
    except BaseException:
        evidence.delete_files(files)
        raise
    return received, secret


def _claim_page(form: ClaimForm) -> str:
    return render_template("law/claim.html", form=form)


def _status_page(form: StatusForm, claim: Claim | None = None) -> str:
    events = history(claim) if claim else []
    return render_template("law/claim_status.html", form=form, claim=claim, events=events)


def _my_contact() -> str:
    return contact_preferences.contacts_for([current_user().id]).get(current_user().id, "")

"""Where people claim their rights, with or without an account, and where the desk answers."""

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _

from board import due
from board.access import everyone, member, moderators, open_to
from board.accounts.attempts import Attempt, TooManyAttempts
from board.articles.sharing import absolute
from board.comments.models import Comment
from board.db import db, writing
from board.desk import Page, counts, pages
from board.forms import asked_id
from board.moderation import takedowns
from board.moderation.rights_forms import (
    AnswerForm,
    ClaimForm,
    StatusForm,
    kinds,
    requesters,
    wishes,
)
from board.moderation.takedowns import Claim, Claimant, NotNow

bp = Blueprint("rights", __name__)
pages.append(Page(30, "claims", _("Rights claims"), "rights.index", moderators))

# From one network; others are never affected.
PER_HOUR = 10
_PRIVATE = {"Cache-Control": "private, no-store"}


def init_app(app: Flask) -> None:
    app.add_template_global(claim_state)


def claim_state(state: str) -> str:
    return {
        "received": gettext("Received"),
        "blocked": gettext("Taken down for a time"),
        "rejected": gettext("Rejected"),
        "restored": gettext("Restored"),
        "removed": gettext("Taken down for good"),
    }[state]


@bp.get("/report/rights")
@open_to(everyone)
def claim_form() -> ResponseReturnValue:
    """`?comment=` is the one whose page sent us here."""
    id = asked_id("comment")
    url = absolute(url_for("comments.comment", id=id)) if id else ""
    return _claim_page(ClaimForm.empty(data={"url": url}))


@bp.post("/report/rights")
@open_to(everyone)
def claim() -> ResponseReturnValue:
    form = ClaimForm.posted()
    if not form.validate():
        return _claim_page(form), 422
    try:
        with writing():
            Attempt.begin_by_guest(
                "claim",
                address=request.remote_addr or "",
                key=current_app.config["SECRET_KEY"],
                per_hour=PER_HOUR,
            )
            comment = db.session.get_one(Comment, form.comment.id)
            received, secret = takedowns.claim(comment, **form.told())
    except TooManyAttempts:
        form.form_errors.append(
            gettext("Many claims have come from your network within an hour. Try again later.")
        )
        return _claim_page(form), 429
    return render_template("moderation/claimed.html", claim=received, secret=secret), 201, _PRIVATE


@bp.get("/report/rights/status")
@open_to(everyone)
def status_form() -> ResponseReturnValue:
    return _status_page(StatusForm.empty())


@bp.post("/report/rights/status")
@open_to(everyone)
def status() -> ResponseReturnValue:
    """Posted, so that no address holds the code."""
    form = StatusForm.posted()
    if not form.validate():
        return _status_page(form), 422
    found = db.session.scalar(Claim.of(form.receipt.data, form.secret.data))
    if found is None:
        form.secret.errors = [gettext("There is no claim with this number and this code.")]
        return _status_page(form), 422
    return _status_page(form, found)


@bp.get("/transparency/takedowns")
@open_to(everyone)
def public() -> ResponseReturnValue:
    found = list(db.session.scalars(Claim.answered(before=asked_id("before"))))
    shown = found[: Claim.PAGE_SIZE]
    more = shown[-1].id if len(found) > Claim.PAGE_SIZE else None
    return render_template(
        "moderation/takedowns.html", claims=shown, more=more, kinds=dict(kinds())
    )


@bp.get("/desk/claims")
@open_to(moderators)
def index() -> ResponseReturnValue:
    return _index()


@bp.post("/desk/claims/<id:id>/answer")
@open_to(moderators)
def answer(id: int) -> ResponseReturnValue:
    form = AnswerForm.posted()
    if not form.validate():
        return _index(id, form), 422
    verb = takedowns.block if form.outcome.data == "block" else takedowns.reject
    try:
        with writing():
            verb(db.get_or_404(Claim, id), by=member(), says=form.says.data)
    except NotNow:
        abort(409)
    return redirect(url_for(".index", notice="saved"), 303)


def _claim_page(form: ClaimForm) -> str:
    return render_template("moderation/claim.html", form=form)


def _status_page(form: StatusForm, found: Claim | None = None) -> str:
    return render_template("moderation/claim_status.html", form=form, claim=found)


def _index(refused: int | None = None, form: AnswerForm | None = None) -> str:
    return render_template(
        "moderation/claims.html",
        waiting=list(db.session.scalars(Claim.waiting())),
        blocked=list(db.session.scalars(Claim.blocked())),
        refused=refused,
        form=form or AnswerForm.empty(),
        kinds=dict(kinds()),
        wishes=dict(wishes()),
        requesters=dict(requesters()),
    )


def _waiting() -> dict[str, int]:
    return {"claims": takedowns.count_waiting()}


def _expire() -> None:
    takedowns.expire(restoring=current_app.config["TAKEDOWN_ON_EXPIRY"] == "restore")


counts.append(_waiting)
due.tasks += [
    due.Task("takedowns", lambda: bool(db.session.scalar(Claim.due().limit(1))), _expire),
    due.Task(
        "claimants",
        lambda: db.session.scalar(Claimant.outdated().limit(1)) is not None,
        takedowns.forget_claimants,
    ),
]

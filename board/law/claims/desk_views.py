"""Desk pages of rights claims: answer them, open their evidence, notify both sides."""

from collections.abc import Iterable
from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from werkzeug.http import dump_options_header

from board.accounts.auth.current_user import current_user
from board.accounts.models import User
from board.accounts.sign_in.reauthentication import requires_reauthentication
from board.articles.sharing import absolute
from board.db import db, writing
from board.law.claims import contact_preferences, evidence
from board.law.claims import workflow as claim_workflow
from board.law.claims.evidence import Evidence, NotReadable
from board.law.claims.forms import AnswerForm, claim_kinds, requesters, wishes
from board.law.claims.models import Claim, InvalidTransition, State, Step
from board.law.claims.views import claim_state
from board.moderation.appeals.models import Appeal
from board.moderation.rulings.labels import dealt_with_first
from board.web.access import legal_staff, moderators, moderators_and_legal, open_to
from board.web.response.notices import notice

bp = Blueprint("claims", __name__)

# A stranger's file: saved and never shown; if a browser shows it anyway, it may do nothing.
_DOWNLOAD_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store, no-transform",
}


def init_app(app: Flask) -> None:
    app.add_template_global(_mailto_link, "claim_mailto")


@bp.get("/desk/claims")
@open_to(moderators_and_legal)
def index() -> ResponseReturnValue:
    return _index()


@bp.post("/desk/claims/<id:id>/answer")
@open_to(moderators, cannot_wait=True)
def answer(id: int) -> ResponseReturnValue:
    form = AnswerForm.from_post()
    if not form.validate():
        return _index(id, form), 422
    claim: Claim = db.get_or_404(Claim, id)
    if form.outcome.data == "remove" and not form.sure.data and claim.state == State.RECEIVED:
        return _confirm_page(claim, form)
    try:
        with writing():
            claim = db.get_or_404(Claim, id)
            _answer(claim, form)
    except InvalidTransition:
        return _index(id, form, problem=_why_not(db.get_or_404(Claim, id))), 409
    said = notice(_NOTICE_CODES[form.outcome.data or ""], receipt=claim.receipt)
    return redirect(url_for(".index", notice=said), 303)


@bp.post("/desk/claims/steps/<id:id>/tell")
@open_to(moderators)
def tell(id: int) -> ResponseReturnValue:
    """Record that the claimant was notified at their contact."""
    with writing():
        step: Step = db.get_or_404(Step, id)
        claim_workflow.mark_notified(step)
    said = notice("claimant_notified", receipt=step.claim.receipt)
    return redirect(url_for(".index", notice=said, _anchor="to-tell"), 303)


@bp.post("/desk/claims/files/<id:id>/open")
@open_to(legal_staff)
@requires_reauthentication
def open_file(id: int) -> ResponseReturnValue:
    """POST, since each opening is logged."""
    try:
        with writing():
            file: Evidence = db.get_or_404(Evidence, id)
            data = evidence.open_file(file, by=current_user())
    except InvalidTransition:
        abort(403)
    except NotReadable:
        abort(404)
    return download_response(data, file.name)


def download_response(
    data: bytes, name: str, media_type: str = "application/octet-stream"
) -> Response:
    """Response that browsers save under `name` and never show."""
    disposition = dump_options_header("attachment", {"filename": name})
    headers = {"Content-Disposition": disposition, **_DOWNLOAD_HEADERS}
    return Response(data, mimetype=media_type, headers=headers)


_NOTICE_CODES = {
    "block": "blocked", "remove": "removed", "reject": "claim_rejected", "rebut": "rebutted",
}  # fmt: skip


def _answer(claim: Claim, form: AnswerForm) -> None:
    says = form.says.data or ""
    if form.outcome.data == "rebut":
        with force_locale("ko"):
            lead = gettext("Response from the person who says this comment infringes their rights:")
        return claim_workflow.rebut(claim, by=current_user(), says=says, lead=lead)
    answers = {
        "block": claim_workflow.block,
        "remove": claim_workflow.remove,
        "reject": claim_workflow.reject,
    }
    return answers[form.outcome.data or ""](claim, by=current_user(), says=says)


def _why_not(claim: Claim) -> str:
    """Why a claim cannot be answered like this: it has been already, or its comment has changed."""
    last = claim.steps[-1]
    by = db.session.get(User, last.by_id) if last.by_id else None
    if claim.state != State.RECEIVED and by:
        return dealt_with_first(by, claim_state(last.state))
    if claim.comment.deleted_at:
        return gettext("The author has deleted the comment in the meantime. Nothing was changed.")
    return gettext("The comment has been hidden in the meantime. Nothing was changed.")


def _mailto_link(step: Step) -> str:
    """Email to the claimant, ready to send from the moderator's own mail program: in the
    newsroom's language, with the outcome and nothing of the comment."""
    claimant = step.claim.claimant
    with force_locale("ko"):
        outcome = f"{claim_state(step.state)}. {step.says}".strip()
    site, page = current_app.config["SITE_NAME"], absolute(url_for("rights.status_form"))
    email = {"subject": f"[{site}] {step.claim.receipt}", "body": f"{outcome}\n\n{page}\n"}
    address = quote(claimant.contact if claimant else "", safe="@")
    return f"mailto:{address}?{urlencode(email, quote_via=quote)}"


def _index(
    refused: int | None = None, form: AnswerForm | None = None, *, problem: str | None = None
) -> str:
    waiting = list(db.session.scalars(Claim.waiting()))
    blocked = list(db.session.scalars(Claim.blocked()))
    authors = [claim.comment.author_id for claim in [*waiting, *blocked]]
    return render_template(
        "law/claims.html",
        waiting=_by_comment(waiting),
        blocked=_by_comment(blocked),
        to_notify=list(db.session.scalars(Step.to_notify())),
        files=files_by_claim([*waiting, *blocked]),
        contacts=contact_preferences.contacts_for(authors),
        refused=refused,
        problem=problem,
        form=form or AnswerForm.unbound(),
        **labels(),
    )


def _by_comment(claims: Iterable[Claim]) -> list[list[Claim]]:
    """The claims about each comment together, in the order of the first of each."""
    groups: dict[int, list[Claim]] = {}
    for claim in claims:
        groups.setdefault(claim.comment_id, []).append(claim)
    return list(groups.values())


def files_by_claim(claims: Iterable[Claim]) -> dict[int, list[Evidence]]:
    files: dict[int, list[Evidence]] = {}
    for file in db.session.scalars(Evidence.for_claims(claim.id for claim in claims)):
        files.setdefault(file.claim_id, []).append(file)
    return files


def labels() -> dict[str, dict[str, str]]:
    return {
        "kinds": dict(claim_kinds()),
        "wishes": dict(wishes()),
        "requesters": dict(requesters()),
    }


def _confirm_page(claim: Claim, form: AnswerForm) -> str:
    """What removing the comment changes, and who will know, before it is done."""
    others = claim_workflow.others_about_comment(claim, State.RECEIVED, State.BLOCKED)
    return render_template(
        "law/remove_claimed.html",
        claim=claim,
        form=form,
        others=list(db.session.scalars(others)),
        appeal_days=Appeal.PERIOD.days,
    )

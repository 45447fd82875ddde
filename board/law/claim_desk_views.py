"""Where the desk answers claims of rights, opens what came with them, and tells both sides."""

from urllib.parse import quote, urlencode

from flask import Blueprint, Flask, Response, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale, gettext
from flask_babel import lazy_gettext as _
from werkzeug.http import dump_options_header

from board import due
from board.access import member, moderators, open_to
from board.articles.sharing import absolute
from board.db import db, writing
from board.desk import Page, counts, pages
from board.law import channels, evidence, takedowns
from board.law.evidence import Evidence, NotReadable
from board.law.forms import AnswerForm, kinds, requesters, wishes
from board.law.models import Claim, Claimant, NotNow, Step
from board.law.views import claim_state

bp = Blueprint("claims", __name__)
pages.append(Page(30, "claims", _("Rights complaints"), "claims.index", moderators))

# A file of a stranger: saved, never shown, and if shown all the same, with nothing it may do.
_SAVED = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "private, no-store, no-transform",
}


def init_app(app: Flask) -> None:
    app.add_template_global(_mail, "claim_mail")


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
    try:
        with writing():
            _answer(db.get_or_404(Claim, id), form)
    except NotNow:
        abort(409)
    return redirect(url_for(".index", notice=_SAID[form.outcome.data or ""]), 303)


@bp.post("/desk/claims/steps/<id:id>/tell")
@open_to(moderators)
def tell(id: int) -> ResponseReturnValue:
    """The claimant has been told by the way they named."""
    with writing():
        takedowns.tell(db.get_or_404(Step, id))
    return redirect(url_for(".index", notice="saved", _anchor="to-tell"), 303)


@bp.post("/desk/claims/files/<id:id>/open")
@open_to(moderators)
def open_file(id: int) -> ResponseReturnValue:
    """Posted, since each look goes into the log."""
    try:
        with writing():
            file: Evidence = db.get_or_404(Evidence, id)
            data = evidence.open_file(file, by=member())
    except NotNow:
        abort(403)
    except NotReadable:
        abort(404)
    return saved(data, file.name)


def saved(data: bytes, name: str, media_type: str = "application/octet-stream") -> Response:
    """An answer that browsers save under `name` and never show."""
    told = dump_options_header("attachment", {"filename": name})
    return Response(data, mimetype=media_type, headers={"Content-Disposition": told, **_SAVED})


_SAID = {
    "block": "blocked", "remove": "removed", "reject": "claim_rejected", "rebut": "rebutted",
}  # fmt: skip


def _answer(claim: Claim, form: AnswerForm) -> None:
    says = form.says.data or ""
    if form.outcome.data == "rebut":
        with force_locale("ko"):
            lead = gettext("Response from the person who says this comment infringes their rights:")
        return takedowns.rebut(claim, by=member(), says=says, lead=lead)
    verbs = {"block": takedowns.block, "remove": takedowns.remove, "reject": takedowns.reject}
    return verbs[form.outcome.data or ""](claim, by=member(), says=says)


def _mail(step: Step) -> str:
    """A letter to the claimant, ready to be sent from the moderator's own mail program: in the
    newsroom's language, with the outcome and no word of the comment."""
    claimant = step.claim.claimant
    with force_locale("ko"):
        outcome = f"{claim_state(step.state)}. {step.says}".strip()
    site, page = current_app.config["SITE_NAME"], absolute(url_for("rights.status_form"))
    letter = {"subject": f"[{site}] {step.claim.receipt}", "body": f"{outcome}\n\n{page}\n"}
    address = quote(claimant.contact if claimant else "", safe="@")
    return f"mailto:{address}?{urlencode(letter, quote_via=quote)}"


def _index(refused: int | None = None, form: AnswerForm | None = None) -> str:
    waiting = list(db.session.scalars(Claim.waiting()))
    blocked = list(db.session.scalars(Claim.blocked()))
    files: dict[int, list[Evidence]] = {}
    for file in db.session.scalars(Evidence.of(claim.id for claim in [*waiting, *blocked])):
        files.setdefault(file.claim_id, []).append(file)
    authors = [claim.comment.author_id for claim in [*waiting, *blocked]]
    return render_template(
        "law/claims.html",
        waiting=waiting,
        blocked=blocked,
        to_tell=list(db.session.scalars(Step.to_tell())),
        files=files,
        channels=channels.of(authors),
        refused=refused,
        form=form or AnswerForm.empty(),
        kinds=dict(kinds()),
        wishes=dict(wishes()),
        requesters=dict(requesters()),
    )


def _waiting() -> dict[str, int]:
    return {"claims": takedowns.count_waiting()}


def _expire() -> None:
    takedowns.expire(then=current_app.config["TAKEDOWN_ON_EXPIRY"])


counts.append(_waiting)
due.tasks += [
    due.Task("takedowns", lambda: bool(db.session.scalar(Claim.due().limit(1))), _expire),
    due.Task(
        "claimants",
        lambda: db.session.scalar(Claimant.outdated().limit(1)) is not None,
        takedowns.forget_claimants,
    ),
    due.Task("evidence", evidence.is_due, evidence.forget),
]

"""Pages of a member about roles: offers, the stop of a reset, and the name in the public log."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.accounts.auth.login import redirect_signed_out
from board.accounts.roles import changes, freezing
from board.accounts.roles.changes import Impossible
from board.accounts.roles.emails import reset_of_token
from board.accounts.roles.forms import PublicNameForm
from board.accounts.roles.labels import capability_label, refusal_text
from board.accounts.roles.models import RoleGrant
from board.accounts.roles.public_name import choose_public_name, public_name
from board.accounts.sign_in.reauthentication import requires_reauthentication
from board.db import db, writing
from board.web.access import everyone, members, open_to, staff
from board.web.response.notices import notice

bp = Blueprint("offers", __name__)


@bp.get("/account/offers")
@open_to(members)
def index() -> ResponseReturnValue:
    return _page()


@bp.errorhandler(Impossible)
def refuse(refusal: Impossible) -> ResponseReturnValue:
    return _page(refusal_text(refusal.code)), 422


@bp.post("/account/offers/<id:id>/accept")
@open_to(members)
@requires_reauthentication
def accept(id: int) -> ResponseReturnValue:
    """Sessions of staff are shorter and have two factors, so the next page is the sign-in."""
    with writing():
        grant: RoleGrant = db.get_or_404(RoleGrant, id)
        changes.accept(grant, by=current_user())
    said = notice("offer_accepted", role=capability_label(grant.capability))
    next = url_for("desk.home")
    return redirect_signed_out(next=url_for("accounts.sign_in_form", next=next, notice=said))


@bp.post("/account/offers/<id:id>/decline")
@open_to(members)
@requires_reauthentication
def decline(id: int) -> ResponseReturnValue:
    with writing():
        changes.decline(db.get_or_404(RoleGrant, id), by=current_user())
    return redirect(url_for(".index", notice="offer_declined"), 303)


@bp.get("/account/not-me")
@open_to(everyone, query=("to",))
def not_me_form() -> ResponseReturnValue:
    """A confirmation first, because mail scanners open every link."""
    token = request.args.get("to", "")
    return _not_me_page(token if reset_of_token(token) else "")


@bp.post("/account/not-me")
@open_to(everyone, query=("to",))
def not_me() -> ResponseReturnValue:
    """Stop a reset of two-step verification, and freeze the account it was about."""
    with writing():
        grant = reset_of_token(request.args.get("to", ""))
        user = freezing.stop_reset(grant) if grant else None
    if user is None:
        return _not_me_page("", 422)
    return redirect_signed_out(next=url_for("articles.front", notice="reset_stopped"))


@bp.post("/account/public-name")
@open_to(staff)
def choose_name() -> ResponseReturnValue:
    form = PublicNameForm.from_post()
    if not form.validate():
        abort(422)
    with writing():
        user = current_user()
        choose_public_name(user, form.name.data)
        said = notice("public_name_chosen", name=public_name(user))
    return redirect(url_for("accounts.account", notice=said), 303)


def _page(problem: str | None = None) -> str:
    offers = db.session.scalars(RoleGrant.offers_to(current_user())).all()
    return render_template("accounts/roles/offers.html", offers=offers, problem=problem)


def _not_me_page(token: str, status: int = 200) -> ResponseReturnValue:
    page = render_template("accounts/roles/not_me.html", token=token)
    return page, status, {"Cache-Control": "private, no-store"}

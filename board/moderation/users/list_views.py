"""Desk page of members: search, and bulk bans."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from board.accounts.auth.current_user import current_user
from board.accounts.models import User
from board.comments.moderation_reasons import reason_label
from board.db import db, writing
from board.moderation.users import bulk_bans, sanctions
from board.moderation.users.bulk_bans import BanProposal, OwnProposal
from board.moderation.users.forms import (
    BulkBanForm,
    UserSearchForm,
)
from board.moderation.users.views import bp
from board.web.access import moderators, open_to


@bp.get("/desk/people")
@open_to(moderators, query=("q",))
def index() -> ResponseReturnValue:
    return _index()


@bp.post("/desk/people/bans")
@open_to(moderators, multi_fields=("person",), query=("q",))
def propose() -> ResponseReturnValue:
    """Propose to ban several users; another moderator decides."""
    form = BulkBanForm.from_post()
    if not form.validate():
        return _index(form), 422
    with writing():
        users = db.session.scalars(select(User).where(User.id.in_(form.person.data)))
        proposal = bulk_bans.propose(users, by=current_user(), **form.reason_and_note())
    if proposal is None:
        form.person.errors = [gettext("Desk staff can’t be banned from here.")]
        return _index(form), 422
    return redirect(url_for(".index", notice="saved"), 303)


@bp.post("/desk/people/bans/<id:id>/approve")
@open_to(moderators)
def approve(id: int) -> ResponseReturnValue:
    return _decide(id, approve=True)


@bp.post("/desk/people/bans/<id:id>/reject")
@open_to(moderators)
def reject(id: int) -> ResponseReturnValue:
    return _decide(id, approve=False)


def _decide(id: int, *, approve: bool) -> ResponseReturnValue:
    try:
        with writing():
            proposal: BanProposal = db.get_or_404(BanProposal, id)
            text = reason_label(proposal.reason, proposal.note)
            bulk_bans.decide(proposal, by=current_user(), approve=approve, sign_in_text=text)
    except OwnProposal:
        abort(403)
    return redirect(url_for(".index", notice="saved"), 303)


def _index(form: BulkBanForm | None = None) -> str:
    find = UserSearchForm.from_query()
    find.validate()
    proposals = list(db.session.scalars(BanProposal.pending()))
    return render_template(
        "moderation/users/index.html",
        find=find,
        people=list(db.session.scalars(sanctions.search_users(find.q.data or ""))),
        proposals=proposals,
        users_by_proposal=bulk_bans.users_by_proposal(proposals),
        form=form or BulkBanForm.unbound(),
    )

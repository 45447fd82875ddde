"""Desk page of members: search, and bulk bans."""

from flask import abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import select

from board.accounts.auth.current_user import current_user
from board.accounts.forms import normalize_email
from board.accounts.models import User
from board.comments.moderation_reasons import reason_label
from board.db import db, writing
from board.moderation.users import bulk_bans, search
from board.moderation.users.bulk_bans import BanProposal, OwnProposal
from board.moderation.users.forms import BulkBanForm, UserSearchForm
from board.moderation.users.views import bp
from board.web.access import moderators, open_to, seniors
from board.web.response.notices import notice


@bp.get("/desk/people")
@open_to(moderators, query=("q",))
def index() -> ResponseReturnValue:
    return _index(_search_form())


@bp.post("/desk/people/find")
@open_to(moderators)
def find() -> ResponseReturnValue:
    """Search by name or by email address. POST, since a look-up by address is logged, and an
    address belongs neither in a link nor in a server’s log."""
    form = UserSearchForm.from_post()
    if not form.validate():
        return _index(form), 422
    if "@" not in (form.q.data or ""):
        return redirect(url_for(".index", q=form.q.data or None), 303)
    with writing():
        user = search.look_up(normalize_email(form.q.data), by=current_user())
    if user is None:
        form.q.errors = [gettext("No member has this email address. This look-up is in the log.")]
        return _index(form), 422
    said = notice("found_by_email", name=user.name)
    return redirect(url_for(".person", id=user.id, notice=said), 303)


@bp.post("/desk/people/bans")
@open_to(moderators, multi_fields=("person",), query=("q",))
def propose() -> ResponseReturnValue:
    """Propose to ban several users; a senior moderator, another one, decides."""
    form = BulkBanForm.from_post()
    if not form.validate():
        return _index(_search_form(), form), 422
    with writing():
        users = db.session.scalars(select(User).where(User.id.in_(form.person.data)))
        proposal = bulk_bans.propose(users, by=current_user(), **form.reason_and_note())
    if proposal is None:
        form.person.errors = [gettext("Desk staff can’t be banned from here.")]
        return _index(_search_form(), form), 422
    return _to_index("bans_proposed", proposal)


@bp.post("/desk/people/bans/<id:id>/approve")
@open_to(seniors)
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
    is_own = proposal.proposed_by == current_user().id
    rejected = "bans_withdrawn" if is_own else "bans_rejected"
    return _to_index("bans_approved" if proposal.approved else rejected, proposal)


def _search_form() -> UserSearchForm:
    """The search the page was on."""
    form: UserSearchForm = UserSearchForm.from_query()
    form.validate()
    return form


def _to_index(code: str, proposal: BanProposal) -> ResponseReturnValue:
    names = ", ".join(user.name for user in proposal.users())
    return redirect(url_for(".index", notice=notice(code, names=names)), 303)


def _index(find: UserSearchForm, form: BulkBanForm | None = None) -> str:
    name = "" if find.errors else find.q.data or ""
    users = list(db.session.scalars(search.with_name_part(name) if name else search.restricted()))
    proposals = list(db.session.scalars(BanProposal.pending()))
    return render_template(
        "moderation/users/index.html",
        find=find,
        name=name,
        people=users[: search.PAGE_SIZE],
        has_more=len(users) > search.PAGE_SIZE,
        proposals=proposals,
        users_by_proposal=bulk_bans.users_by_proposal(proposals),
        form=form or BulkBanForm.unbound(),
    )

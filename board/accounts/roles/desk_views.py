"""Desk pages of the staff: who may do what, and the log of it."""

from flask import Blueprint, Flask, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from board.accounts.auth.current_user import current_user, viewer
from board.accounts.auth.passkeys import Passkey
from board.accounts.models import User
from board.accounts.roles import badges, changes, freezing
from board.accounts.roles.changes import Impossible
from board.accounts.roles.forms import BadgeForm, ProposeForm, WhyForm
from board.accounts.roles.labels import BADGES, capability_label, refusal_text
from board.accounts.roles.log import StaffLogEntry
from board.accounts.roles.models import RoleGrant
from board.accounts.roles.rules import (
    RULES,
    SECOND_FACTOR,
    may_freeze,
    may_label,
    may_propose,
    may_take_away,
)
from board.accounts.sign_in.reauthentication import requires_reauthentication
from board.accounts.two_factor.models import SecondFactor
from board.db import db, hash_chain, writing
from board.web.access import appointers, open_to, staff
from board.web.forms import query_id
from board.web.request.observability.security_events import record_staff_act
from board.web.response.notices import notice

bp = Blueprint("staff", __name__)
bp.after_request(lambda response: record_staff_act(response, viewer))
CHECKED_MAX = 1000  # newest entries whose hashes are verified on each request


def init_app(app: Flask) -> None:
    app.add_template_global(may_freeze)
    app.add_template_global(may_label)
    app.add_template_global(may_take_away)
    app.add_template_global(
        lambda user: may_propose(current_user(), SECOND_FACTOR, user), "may_reset"
    )


@bp.get("/desk/staff")
@open_to(staff)
def index() -> ResponseReturnValue:
    return _page()


@bp.get("/desk/staff/log")
@open_to(staff, query=("before",))
def log() -> ResponseReturnValue:
    rows = db.session.scalars(StaffLogEntry.newest(before=query_id("before"))).all()
    entries = rows[: StaffLogEntry.PAGE_SIZE]
    return render_template(
        "accounts/roles/log.html",
        entries=entries,
        more=entries[-1].id if len(rows) > len(entries) else None,
        broken=hash_chain.find_tampered_tail(StaffLogEntry, CHECKED_MAX),
    )


@bp.errorhandler(Impossible)
def refuse(refusal: Impossible) -> ResponseReturnValue:
    return _page(problem=refusal_text(refusal.code)), 422


@bp.post("/desk/staff/propose")
@open_to(staff)
@requires_reauthentication
def propose() -> ResponseReturnValue:
    form = ProposeForm.from_post()
    if not form.validate():
        return _page(form), 422
    name, about = form.capability.data, {"why": form.why.data, "address": form.address}
    try:
        with writing():
            subject = form.subject and db.session.get_one(User, form.subject.id)
            changes.propose(name, by=current_user(), subject=subject, **about)
    except Impossible as refusal:
        form.who.errors = [refusal_text(refusal.code)]
        return _page(form), 422
    return _done("role_proposed", role=capability_label(name))


@bp.post("/desk/staff/<id:id>/reset")
@open_to(staff)
@requires_reauthentication
def reset(id: int) -> ResponseReturnValue:
    """Propose to reset somebody’s two-step verification."""
    form = WhyForm.from_post()
    if not form.validate():
        return _page(problem=form.why.errors[0]), 422
    with writing():
        user = _user(id)
        changes.propose(SECOND_FACTOR, by=current_user(), why=form.why.data, subject=user)
    return _done("reset_proposed", name=user.name)


@bp.post("/desk/staff/proposals/<id:id>/second")
@open_to(staff)
@requires_reauthentication
def second(id: int) -> ResponseReturnValue:
    with writing():
        grant: RoleGrant = db.get_or_404(RoleGrant, id)
        changes.second(grant, by=current_user())
    return _done("role_seconded", role=capability_label(grant.capability))


@bp.post("/desk/staff/proposals/<id:id>/withdraw")
@open_to(staff)
@requires_reauthentication
def withdraw(id: int) -> ResponseReturnValue:
    with writing():
        grant: RoleGrant = db.get_or_404(RoleGrant, id)
        changes.withdraw(grant, by=current_user())
    return _done("role_withdrawn", role=capability_label(grant.capability))


@bp.post("/desk/staff/proposals/<id:id>/address")
@open_to(staff)
@requires_reauthentication
def read_address(id: int) -> ResponseReturnValue:
    """POST, since it is logged who reads an address."""
    with writing():
        changes.read_address(db.get_or_404(RoleGrant, id), by=current_user())
    return _page(shown=id)


@bp.post("/desk/staff/<id:id>/revoke/<capability>")
@open_to(staff)
@requires_reauthentication
def revoke(id: int, capability: str) -> ResponseReturnValue:
    if capability not in RULES:
        abort(404)
    with writing():
        user = _user(id)
        changes.revoke(capability, user, by=current_user())
    return _done("role_revoked", name=user.name, role=capability_label(capability))


@bp.post("/desk/staff/<id:id>/freeze")
@open_to(appointers)
@requires_reauthentication
def freeze(id: int) -> ResponseReturnValue:
    with writing():
        user = _user(id)
        freezing.freeze(user, by=current_user())
    return _done("staff_frozen", name=user.name)


@bp.post("/desk/staff/<id:id>/unfreeze")
@open_to(appointers)
@requires_reauthentication
def unfreeze(id: int) -> ResponseReturnValue:
    with writing():
        user = _user(id)
        freezing.unfreeze(user, by=current_user())
    return _done("staff_unfrozen", name=user.name)


@bp.post("/desk/staff/badge")
@open_to(appointers)
@requires_reauthentication
def badge() -> ResponseReturnValue:
    """Give a badge to a member, also one without a role, or take it away."""
    form = BadgeForm.from_post()
    if not form.validate() or form.subject is None:
        return _page(badge_form=form), 422
    with writing():
        user, label = _user(form.subject.id), form.badge.data
        badges.give_label(user, label, by=current_user())
    if not label:
        return _done("badge_taken", name=user.name)
    return _done("badge_given", name=user.name, badge=str(BADGES[label]))


def _done(code: str, **values: str) -> ResponseReturnValue:
    return redirect(url_for(".index", notice=notice(code, **values)), 303)


def _user(id: int) -> User:
    user: User = db.get_or_404(User, id)
    return user


def _page(
    form: ProposeForm | None = None,
    *,
    badge_form: BadgeForm | None = None,
    problem: str | None = None,
    shown: int | None = None,
) -> str:
    with_factor = select(SecondFactor.user_id).union(select(Passkey.user_id))
    return render_template(
        "accounts/roles/index.html",
        newsroom=db.session.scalars(badges.newsroom()).all(),
        grants=db.session.scalars(RoleGrant.open()).all(),
        with_factor=set(db.session.scalars(with_factor)),
        form=form or ProposeForm.unbound(),
        badge_form=badge_form or BadgeForm.unbound(),
        problem=problem,
        shown=shown,
    )

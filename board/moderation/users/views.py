"""Desk pages of users: search, account page, sanctions, bulk bans."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.accounts.models import User
from board.comments.moderation_reasons import reason_label
from board.comments.viewer.own_comments import comments_of
from board.db import db, writing
from board.moderation.reports import models as reports
from board.moderation.rulings.forms import ReasonForm
from board.moderation.rulings.models import Ruling
from board.moderation.users import sanctions
from board.moderation.users.forms import (
    BanForm,
    NoteForm,
    TermForm,
    WarnForm,
)
from board.moderation.users.sanctions import NotSanctionable
from board.web.access import moderators, open_to
from board.web.forms import query_id
from board.web.response.notices import notice

bp = Blueprint("people", __name__)


@bp.get("/desk/people/<id:id>")
@open_to(moderators, query=("rulings_before",))
def person(id: int) -> ResponseReturnValue:
    return _person_page(_person(id))


@bp.post("/desk/people/<id:id>/warn")
@open_to(moderators, query=("rulings_before",))
def warn(id: int) -> ResponseReturnValue:
    return _apply_sanction(id, WarnForm.from_post(), sanctions.warn)


@bp.post("/desk/people/<id:id>/hold")
@open_to(moderators, query=("rulings_before",))
def hold(id: int) -> ResponseReturnValue:
    form = TermForm.from_post()
    return _apply_sanction(id, form, sanctions.hold, lambda: {"until": form.until})


_NOTICES = {"warn": "warned", "hold": "premoderated", "suspend": "suspended", "ban": "banned"}


@bp.post("/desk/people/<id:id>/suspend")
@open_to(moderators, query=("rulings_before",))
def suspend(id: int) -> ResponseReturnValue:
    form = TermForm.from_post()
    return _apply_sanction(
        id,
        form,
        sanctions.suspend,
        lambda: {"until": form.until, "sign_in_text": _sign_in_text(form)},
    )


@bp.post("/desk/people/<id:id>/ban")
@open_to(moderators, query=("rulings_before",))
def ban(id: int) -> ResponseReturnValue:
    form = BanForm.from_post()
    form.user = _person(id)
    return _apply_sanction(id, form, sanctions.ban, lambda: {"sign_in_text": _sign_in_text(form)})


@bp.post("/desk/people/<id:id>/lift")
@open_to(moderators)
def lift(id: int) -> ResponseReturnValue:
    with writing():
        try:
            ruling = sanctions.lift_sanctions(_person(id), by=current_user())
        except NotSanctionable:
            abort(403)
    return _to_person(id, "lifted" if ruling else "not_restricted")


@bp.post("/desk/people/<id:id>/note")
@open_to(moderators)
def note(id: int) -> ResponseReturnValue:
    form = NoteForm.from_post()
    if not form.validate():
        return _person_page(_person(id), note_form=form), 422
    with writing():
        sanctions.add_note(_person(id), by=current_user(), text=form.text.data)
    return _to_person(id, "member_noted", anchor="notes")


def _apply_sanction(
    id: int,
    form: ReasonForm,
    sanction: Callable[..., Ruling],
    details: Callable[[], dict[str, Any]] = dict,
) -> ResponseReturnValue:
    """Common to all sanctions: a reason is required, and staff are out of reach."""
    if not form.validate():
        return _person_page(_person(id), form=form, act=sanction.__name__), 422
    values = details()
    try:
        with writing():
            sanction(_person(id), by=current_user(), **form.reason_and_note(), **values)
    except NotSanctionable:
        abort(403)
    return _to_person(id, _NOTICES[sanction.__name__])


def _to_person(id: int, code: str, *, anchor: str | None = None) -> ResponseReturnValue:
    said = notice(code, name=_person(id).name)
    return redirect(url_for(".person", id=id, notice=said, _anchor=anchor), 303)


def _sign_in_text(form: ReasonForm) -> str:
    """The reason as sign-in shows it: in the newsroom's language, since it is stored."""
    fields = form.reason_and_note()
    return reason_label(fields["reason"], fields["note"])


def _person_page(
    user: User,
    *,
    form: ReasonForm | None = None,
    act: str | None = None,
    note_form: NoteForm | None = None,
) -> str:
    rulings = list(
        db.session.scalars(sanctions.decisions_about(user, before=query_id("rulings_before")))
    )
    return render_template(
        "moderation/users/user.html",
        person=user,
        counts=sanctions.comment_counts(user),
        reporter_record=reports.reporter_record(user),
        comments=list(db.session.scalars(comments_of(user)))[:10],
        rulings=rulings[: sanctions.PAGE_SIZE],
        more=rulings[sanctions.PAGE_SIZE - 1].id if len(rulings) > sanctions.PAGE_SIZE else None,
        notes=list(db.session.scalars(sanctions.StaffNote.for_user(user))),
        is_sanctionable=not sanctions.is_not_sanctionable(user, current_user()),
        forms={
            "warn": form if act == "warn" else WarnForm.unbound(),
            "hold": form if act == "hold" else TermForm.unbound(),
            "suspend": form if act == "suspend" else TermForm.unbound(),
            "ban": form if act == "ban" else BanForm.unbound(),
        },
        act=act,
        note_form=note_form or NoteForm.unbound(),
    )


def _person(id: int) -> User:
    user: User = db.get_or_404(User, id)
    return user

"""Desk pages of one user: the account, what they wrote, sanctions and notes."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user, viewer
from board.accounts.models import User
from board.comments.moderation_reasons import reason_label
from board.comments.viewer.own_comments import comments_of
from board.db import db, writing
from board.moderation.reports import models as reports
from board.moderation.rulings.decisions import latest_ruling_ids
from board.moderation.rulings.forms import ReasonForm
from board.moderation.rulings.models import Ruling
from board.moderation.rulings.undo import undoable
from board.moderation.users import sanctions, user_comments
from board.moderation.users.forms import BanForm, NoteForm, StateForm, TermForm, WarnForm
from board.moderation.users.occasions import Occasion, occasion_for
from board.moderation.users.sanctions import NotSanctionable
from board.moderation.users.staff_notes import StaffNote, add_note
from board.web.access import moderators, open_to, seniors
from board.web.forms import query_id
from board.web.request.observability.security_events import record_staff_act
from board.web.response.notices import notice

bp = Blueprint("people", __name__)
bp.after_request(lambda response: record_staff_act(response, viewer))
NEWEST = 10  # comments on the page of the account


@bp.get("/desk/people/<id:id>")
@open_to(moderators, query=("comment", "next", "rulings_before"))
def person(id: int) -> ResponseReturnValue:
    return _person_page(occasion_in_query(find_user(id)))


@bp.get("/desk/people/<id:id>/comments")
@open_to(moderators, query=("before", "state"))
def comments(id: int) -> ResponseReturnValue:
    """All comments of a user that are not deleted, of one state if asked, newest first."""
    user, form = find_user(id), StateForm.from_query()
    state = form.state.data if form.validate() else ""
    page = user_comments.newest(user, state=state, before=query_id("before"))
    rows = list(db.session.scalars(page))
    shown = rows[: user_comments.PAGE_SIZE]
    return render_template(
        "moderation/users/comments.html",
        person=user,
        form=form,
        state=state,
        counts=sanctions.comment_counts(user),
        comments=shown,
        last_ruling_ids=latest_ruling_ids(shown),
        more=shown[-1].id if len(rows) > len(shown) else None,
        undoable=undoable(current_user()),
    )


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
@open_to(moderators, query=("rulings_before",), cannot_wait=True)
def suspend(id: int) -> ResponseReturnValue:
    form = TermForm.from_post()
    return _apply_sanction(
        id,
        form,
        sanctions.suspend,
        lambda: {"until": form.until, "sign_in_text": sign_in_text(form)},
    )


@bp.post("/desk/people/<id:id>/ban")
@open_to(seniors, query=("rulings_before",), cannot_wait=True)
def ban(id: int) -> ResponseReturnValue:
    form = BanForm.from_post()
    form.user = find_user(id)
    return _apply_sanction(id, form, sanctions.ban, lambda: {"sign_in_text": sign_in_text(form)})


@bp.post("/desk/people/<id:id>/lift")
@open_to(moderators)
def lift(id: int) -> ResponseReturnValue:
    with writing():
        try:
            ruling = sanctions.lift_sanctions(find_user(id), by=current_user())
        except NotSanctionable:
            abort(403)
    said = notice("lifted" if ruling else "not_restricted", name=find_user(id).name)
    return redirect(url_for(".person", id=id, notice=said), 303)


@bp.post("/desk/people/<id:id>/note")
@open_to(moderators, query=("comment", "next", "rulings_before"))
def note(id: int) -> ResponseReturnValue:
    form, occasion = NoteForm.from_post(), occasion_in_query(find_user(id))
    if not form.validate():
        return _person_page(occasion, note_form=form), 422
    fields = occasion.fields
    with writing():
        add_note(find_user(id), by=current_user(), text=form.text.data)
    query: dict[str, Any] = {**fields, "notice": notice("member_noted", name=find_user(id).name)}
    return redirect(url_for(".person", id=id, **query, _anchor="notes"), 303)


def find_user(id: int) -> User:
    user: User = db.get_or_404(User, id)
    return user


def occasion_in_query(user: User) -> Occasion:
    return occasion_for(user, comment=request.args.get("comment"), next=request.args.get("next"))


def posted_occasion(user: User, form: WarnForm) -> Occasion:
    return occasion_for(user, comment=form.comment.data, next=form.next.data)


def sign_in_text(form: ReasonForm) -> str:
    """The reason as sign-in shows it: in the newsroom's language, since it is stored."""
    fields = form.reason_and_note()
    return reason_label(fields["reason"], fields["note"])


def _apply_sanction(
    id: int,
    form: WarnForm,
    sanction: Callable[..., Ruling],
    details: Callable[[], dict[str, Any]] = dict,
) -> ResponseReturnValue:
    """Common to all sanctions: a reason is required, and staff are out of reach."""
    if not form.validate():
        occasion = posted_occasion(find_user(id), form)
        return _person_page(occasion, form=form, act=sanction.__name__), 422
    values = details()
    try:
        with writing():
            occasion = posted_occasion(find_user(id), form)
            why = {**form.reason_and_note(), **occasion.detail}
            sanction(occasion.user, by=current_user(), **why, **values)
            page = occasion.url(notice(_NOTICES[sanction.__name__], name=occasion.user.name))
    except NotSanctionable:
        abort(403)
    return redirect(page, 303)


def _person_page(
    occasion: Occasion,
    *,
    form: ReasonForm | None = None,
    act: str | None = None,
    note_form: NoteForm | None = None,
) -> str:
    user = occasion.user
    comments = list(db.session.scalars(comments_of(user)))[:NEWEST]
    return render_template(
        "moderation/users/user.html",
        person=user,
        occasion=occasion,
        counts=sanctions.comment_counts(user),
        reporter_record=reports.reporter_record(user),
        comments=comments,
        last_ruling_ids=latest_ruling_ids(comments),
        **_decisions(user),
        notes=list(db.session.scalars(StaffNote.for_user(user))),
        is_sanctionable=not sanctions.is_not_sanctionable(user, current_user()),
        forms=_forms(occasion) | ({act: form} if act else {}),
        act=act,
        note_form=note_form or NoteForm.unbound(),
        undoable=undoable(current_user()),
    )


def _decisions(user: User) -> dict[str, Any]:
    """Those about the user, a page of them; the parts of an act are in the log."""
    decisions = sanctions.decisions_about(user, before=query_id("rulings_before"))
    rulings = list(db.session.scalars(decisions.where(~Ruling.is_part())))
    shown = rulings[: sanctions.PAGE_SIZE]
    return {"rulings": shown, "more": shown[-1].id if len(rulings) > len(shown) else None}


def _forms(occasion: Occasion) -> dict[str, Any]:
    """The empty forms, with the reason that the comment suggests."""
    reason = occasion.suggested_reason()
    forms = {"warn": WarnForm, "hold": TermForm, "suspend": TermForm, "ban": BanForm}
    return {act: kind.unbound(**reason) for act, kind in forms.items()}

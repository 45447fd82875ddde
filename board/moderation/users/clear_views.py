"""Desk pages of clearings: preview, act, undo."""

from flask import abort, redirect, render_template
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Conflict

from board.accounts.auth.current_user import current_user
from board.db import db, writing
from board.moderation.rulings.labels import decided_first
from board.moderation.rulings.undo import TooLate
from board.moderation.users import clearing_portions, clearings, sanctions
from board.moderation.users.clearing_preview import preview
from board.moderation.users.clearings import Clearing, DecidedSince
from board.moderation.users.forms import ClearForm, ReturnForm
from board.moderation.users.occasions import Occasion, occasion_for
from board.moderation.users.sanctions import NotSanctionable
from board.moderation.users.views import (
    bp,
    find_user,
    occasion_in_query,
    posted_occasion,
    sign_in_text,
)
from board.web.access import moderators, open_to

ANSWER_WITHIN = 3.0  # seconds; what is left then is done by the job


@bp.get("/desk/people/<id:id>/clear")
@open_to(moderators, query=("comment", "next"))
def clear_form(id: int) -> ResponseReturnValue:
    return _clear_page(occasion_in_query(find_user(id)))


@bp.post("/desk/people/<id:id>/clear")
@open_to(moderators, cannot_wait=True)
def clear(id: int) -> ResponseReturnValue:
    """Restrict a user and hide what they wrote. What does not get done at once is done soon."""
    form = ClearForm.from_post()
    if not form.validate():
        return _clear_page(posted_occasion(find_user(id), form), form), 422
    try:
        with writing():
            occasion = posted_occasion(find_user(id), form)
            act = _begin(occasion, form).ruling_id
            page = occasion.url()
    except NotSanctionable:
        abort(403)
    except DecidedSince as since:
        occasion = posted_occasion(find_user(id), form)
        return _clear_page(occasion, form, problem=decided_first(since.ruling)), 409
    clearing_portions.run(act, seconds=ANSWER_WITHIN)
    return redirect(page, 303)


@bp.post("/desk/people/clearings/<id:id>/undo")
@open_to(moderators)
def undo_clear(id: int) -> ResponseReturnValue:
    """Take back the whole act, by the moderator whose it was."""
    form = ReturnForm.from_post()
    try:
        with writing():
            clearing: Clearing = db.get_or_404(Clearing, id)
            clearings.undo(clearing, by=current_user())
            page = occasion_for(find_user(clearing.user_id), next=form.next.data).url()
    except TooLate:
        raise Conflict("too late") from None
    clearing_portions.run(id, seconds=ANSWER_WITHIN)
    return redirect(page, 303)


def _begin(occasion: Occasion, form: ClearForm) -> Clearing:
    return clearings.clear(
        occasion.user,
        by=current_user(),
        until=form.until,
        after=form.after,
        sign_in_text=sign_in_text(form),
        period=form.period.data,
        restriction=form.restriction.data,
        **form.reason_and_note(),
        **occasion.detail,
    )


def _clear_page(
    occasion: Occasion, form: ClearForm | None = None, problem: str | None = None
) -> str:
    user = occasion.user
    last = db.session.scalar(clearings.latest_account_ruling(user))
    return render_template(
        "moderation/users/clear.html",
        person=user,
        occasion=occasion,
        preview=preview(user),
        last=last.id if last else 0,
        form=form or ClearForm.unbound(**occasion.suggested_reason()),
        is_sanctionable=not sanctions.is_not_sanctionable(user, current_user()),
        problem=problem,
    )

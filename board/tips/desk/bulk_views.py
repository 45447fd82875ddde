"""Keeps or erases several tips at once, chosen in the inbox."""

import re

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.db import db, truncate_wal
from board.tips.desk.forms import HoldForm
from board.tips.desk.inbox_views import bp
from board.tips.models.audit_log import AuditAction, append_entry
from board.tips.models.tip import Purpose, Tip
from board.tips.readers.unlock_views import current_key
from board.tips.sealed import messages, retention
from board.tips.sealed.sealed_tip import DecryptableTip
from board.tips.sealed.search_index import current_summaries
from board.tips.sealed.summary import Summary
from board.tips.web.idempotency import idempotent, redirect_to, writing_once
from board.tips.web.responses import render_page
from board.web.access import open_to, tip_readers
from board.web.forms import ROW_ID


@bp.post("/desk/tips/hold")
@open_to(tip_readers, multi_fields=("tip",))
@idempotent()
def hold_many() -> ResponseReturnValue:
    """Keep the chosen tips until a day, with a reason. First shows which ones they are."""
    form, chosen = HoldForm.from_post(), _chosen_tips()
    if not chosen:
        return _nothing_chosen()
    if "reason" not in request.form:
        return _confirmation_page("hold", chosen, form=HoldForm.unbound())
    if not form.validate():
        return _confirmation_page("hold", chosen, form=form, status=422)
    with writing_once(to=url_for(".inbox", notice="tips_kept")) as answer:
        (me, key), ids = current_key(), [tip.id for tip in chosen]
        for opened in DecryptableTip.open_many(_tips(ids), me, key):
            if opened.has_key_for(Purpose.DESK):
                messages.hold(opened, form.until, form.reason.data, by=me)
                append_entry(AuditAction.HOLD, by=current_user(), tip_id=opened.tip.id)
    return redirect_to(answer)


@bp.post("/desk/tips/erase")
@open_to(tip_readers, multi_fields=("tip",), cannot_wait=True)
@idempotent()
def erase_many() -> ResponseReturnValue:
    """Erase the chosen tips, once that is confirmed. Those erased meanwhile are left out."""
    chosen = _chosen_tips()
    if not chosen:
        return _nothing_chosen()
    if request.form.get("sure") != "yes":
        is_second_try = "confirming" in request.form
        return _confirmation_page("erase", chosen, status=422 if is_second_try else 200)
    with writing_once(to=url_for(".inbox", notice="tips_erased")) as answer:
        for tip in _tips([tip.id for tip in chosen]):
            reason = "asked" if tip.erasure_asked_on else "reader"
            retention.erase(tip, reason=reason, by=current_user())
    truncate_wal()
    return redirect_to(answer)


def _chosen_tips() -> list[Tip]:
    """The tips of the form that the reader has a key of, at most one page of them."""
    ids = {int(id) for id in request.form.getlist("tip") if re.fullmatch(ROW_ID, id)}
    return _tips(ids) if len(ids) <= Tip.PAGE_SIZE else []


def _tips(ids: list[int] | set[int]) -> list[Tip]:
    me, _key = current_key()
    return list(db.session.scalars(Tip.readable_by(me).where(Tip.id.in_(ids))))


def _nothing_chosen() -> ResponseReturnValue:
    return redirect(url_for(".inbox", notice="none_chosen"), 303)


def _confirmation_page(
    action: str, tips: list[Tip], *, form: HoldForm | None = None, status: int = 200
) -> ResponseReturnValue:
    summaries = current_summaries(tips, *current_key())
    titles = {tip.id: summaries.get(tip.id, Summary()).facts.get("title", "") for tip in tips}
    return render_page(
        "tips/desk/bulk.html",
        status=status,
        action=action,
        tips=tips,
        titles=titles,
        form=form,
        is_unconfirmed=action == "erase" and status == 422,
    )

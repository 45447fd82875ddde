"""Assigns a tip, changes its state and access, keeps it longer, or erases it."""

from flask import abort, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.db import truncate_wal
from board.tips.desk.forms import HoldForm, PromiseForm
from board.tips.desk.inbox_views import bp
from board.tips.desk.tip_page import open_or_404, readers_of, tip_address, tip_page
from board.tips.integrity import checkpoints
from board.tips.models import roster
from board.tips.models.audit_log import AuditAction, append_entry
from board.tips.models.key_holders import TipReader
from board.tips.models.tip import TipState
from board.tips.readers.unlock_views import current_key
from board.tips.sealed import messages, retention, search_index
from board.tips.web.idempotency import idempotent, redirect_to, writing_once
from board.web.access import open_to, tip_readers
from board.web.response.notices import notice


@bp.post("/desk/tips/<id:id>/assign")
@open_to(tip_readers)
@idempotent()
def assign(id: int) -> ResponseReturnValue:
    """Assign the tip to a reader who has a key of it, or to nobody."""
    with writing_once() as answer:
        tip = open_or_404(id).tip
        reader_id = request.form.get("reader", "")
        assignable = {str(reader.id): reader for reader in readers_of(tip)}
        if reader_id and reader_id not in assignable:
            abort(400)
        assignee = assignable[reader_id].user if reader_id else None
        tip.assignee_id = assignee.id if assignee else None
        append_entry(AuditAction.ASSIGN, by=current_user(), tip_id=id, about=assignee)
        said = notice("tip_assigned", name=assignee.name) if assignee else "tip_unassigned"
        answer["to"] = tip_address(id, said)
    return redirect_to(answer)


@bp.post("/desk/tips/<id:id>/promise")
@open_to(tip_readers)
@idempotent()
def promise(id: int) -> ResponseReturnValue:
    """Set the day by which the source can expect an answer; the source sees it."""
    form = PromiseForm.from_post()
    if not form.validate():
        return tip_page(open_or_404(id), promise_form=form, status=422)
    with writing_once(to=tip_address(id, "answer_promised")) as answer:
        open_or_404(id).tip.promised_on = form.day.data
    return redirect_to(answer)


@bp.post("/desk/tips/<id:id>/close")
@open_to(tip_readers)
@idempotent()
def close(id: int) -> ResponseReturnValue:
    with writing_once(to=tip_address(id, "tip_closed")) as answer:
        open_or_404(id).tip.state = TipState.CLOSED.value
    return redirect_to(answer)


@bp.post("/desk/tips/<id:id>/open")
@open_to(tip_readers)
@idempotent()
def open(id: int) -> ResponseReturnValue:
    with writing_once(to=tip_address(id, "tip_reopened")) as answer:
        open_or_404(id).tip.state = TipState.OPEN.value
    return redirect_to(answer)


@bp.post("/desk/tips/<id:id>/hold")
@open_to(tip_readers)
@idempotent()
def hold(id: int) -> ResponseReturnValue:
    """Keep the tip until a day, with a reason; without a day, end the hold."""
    form = HoldForm.from_post()
    if not form.validate():
        return tip_page(open_or_404(id), hold_form=form, status=422)
    said = "tip_kept" if form.until else "tip_released"
    with writing_once(to=tip_address(id, said)) as answer:
        me, _key = current_key()
        messages.hold(open_or_404(id), form.until, form.reason.data, by=me)
        append_entry(AuditAction.HOLD, by=current_user(), tip_id=id)
    return redirect_to(answer)


@bp.post("/desk/tips/<id:id>/let-in")
@open_to(tip_readers)
@idempotent()
def let_in(id: int) -> ResponseReturnValue:
    with writing_once(to=tip_address(id, "access_given")) as answer:
        opened, members = open_or_404(id), _members()
        reader = _chosen_reader(members)
        answer["to"] = tip_address(id, notice("access_granted", name=reader.user.name))
        if reader not in readers_of(opened.tip):
            opened.grant_access(reader, members=members)
            search_index.delete_entries(tip=opened.tip, reader=reader)
            append_entry(AuditAction.LET_IN, by=current_user(), tip_id=id, about=reader.user)
    return redirect_to(answer)


@bp.post("/desk/tips/<id:id>/shut-out")
@open_to(tip_readers)
@idempotent()
def shut_out(id: int) -> ResponseReturnValue:
    """Revoke a reader's access: what comes later is under keys they never had.

    Readers who do not want to see a tip revoke their own access, if a colleague can go on.
    """
    with writing_once(to=tip_address(id, "access_removed")) as answer:
        me, _key = current_key()
        opened, members = open_or_404(id), _members()
        reader = _chosen_reader(members)
        answer["to"] = tip_address(id, notice("access_revoked", name=reader.user.name))
        if not {*readers_of(opened.tip)} & {*members} - {reader}:
            abort(400)
        opened.revoke_access(reader, members=members)
        search_index.delete_entries(tip=opened.tip, reader=reader)
        append_entry(AuditAction.SHUT_OUT, by=current_user(), tip_id=id, about=reader.user)
        if reader is me:
            answer["to"] = url_for(".inbox", notice="access_removed")
    return redirect_to(answer)


@bp.post("/desk/tips/<id:id>/erase")
@open_to(tip_readers, cannot_wait=True)
@idempotent()
def erase(id: int) -> ResponseReturnValue:
    if request.form.get("sure") != "yes":
        return tip_page(open_or_404(id), needs_confirmation=True, status=422)
    with writing_once(to=url_for(".inbox", notice="erased")) as answer:
        opened = open_or_404(id)
        reason = "asked" if opened.tip.erasure_asked_on else "reader"
        retention.erase(opened.tip, reason=reason, by=current_user())
    truncate_wal()
    return redirect_to(answer)


def _members() -> list[TipReader]:
    """The roster, to change who has keys. Raises WentBack and ForgedRoster."""
    checkpoints.require_intact()
    return roster.members()


def _chosen_reader(members: list[TipReader]) -> TipReader:
    """The reader the form names."""
    id = request.form.get("reader", "")
    return next((reader for reader in members if str(reader.id) == id), None) or abort(400)

"""What becomes of a tip: who looks after it, who can open it, how long it is kept."""

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.db import truncate_wal, writing
from board.tips.desk.forms import DayForm, HoldForm
from board.tips.desk.inbox_views import bp
from board.tips.desk.tip_page import back, opened_by_me, readers_of, tip_page
from board.tips.models.audit_log import AuditAction
from board.tips.models.audit_log import append_entry as note_act
from board.tips.models.key_holders import TipReader
from board.tips.models.tip import Purpose, TipState
from board.tips.readers import roster
from board.tips.readers.unlock_views import current_key
from board.tips.sealed import retention, search_index
from board.web.access import open_to, tip_readers


@bp.post("/desk/tips/<id:id>/assign")
@open_to(tip_readers)
def assign(id: int) -> ResponseReturnValue:
    """To a reader with a key of this tip, or to nobody."""
    with writing():
        tip = opened_by_me(id).tip
        wanted = request.form.get("reader", "")
        able = {str(reader.id): reader for reader in readers_of(tip)}
        if wanted and wanted not in able:
            abort(400)
        tip.assignee_id = able[wanted].user_id if wanted else None
        note_act(
            AuditAction.ASSIGN,
            by=current_user(),
            tip_id=id,
            about=able[wanted].user if wanted else None,
        )
    return back(id)


@bp.post("/desk/tips/<id:id>/promise")
@open_to(tip_readers)
def promise(id: int) -> ResponseReturnValue:
    """The source sees by which day there will be an answer."""
    form = DayForm.from_post()
    if not form.validate():
        return tip_page(opened_by_me(id), promise_form=form, status=422)
    with writing():
        opened_by_me(id).tip.promised_on = form.day.data
    return back(id)


@bp.post("/desk/tips/<id:id>/close")
@open_to(tip_readers)
def close(id: int) -> ResponseReturnValue:
    with writing():
        opened_by_me(id).tip.state = TipState.CLOSED.value
    return back(id)


@bp.post("/desk/tips/<id:id>/open")
@open_to(tip_readers)
def open(id: int) -> ResponseReturnValue:
    with writing():
        opened_by_me(id).tip.state = TipState.OPEN.value
    return back(id)


@bp.post("/desk/tips/<id:id>/hold")
@open_to(tip_readers)
def hold(id: int) -> ResponseReturnValue:
    """Keep it beyond its time, for a reason and until a day; without a day, no longer."""
    form = HoldForm.from_post()
    if not form.validate():
        return tip_page(opened_by_me(id), hold_form=form, status=422)
    with writing():
        me, _key = current_key()
        opened = opened_by_me(id)
        opened.tip.held_until = form.until
        opened.replace(Purpose.DESK, "hold", {"by": me.user.name, "text": form.reason.data})
        note_act(AuditAction.HOLD, by=current_user(), tip_id=id)
    return back(id)


@bp.post("/desk/tips/<id:id>/let-in")
@open_to(tip_readers)
def let_in(id: int) -> ResponseReturnValue:
    with writing():
        opened, members = opened_by_me(id), roster.members()
        reader = _named(members)
        if reader not in readers_of(opened.tip):
            opened.grant_access(reader, roster=members)
            search_index.forget(tip=opened.tip, reader=reader)
            note_act(AuditAction.LET_IN, by=current_user(), tip_id=id, about=reader.user)
    return back(id)


@bp.post("/desk/tips/<id:id>/shut-out")
@open_to(tip_readers)
def shut_out(id: int) -> ResponseReturnValue:
    """A reader loses this tip: what comes later is under keys they never had. Whoever does not
    want to see it shuts themselves out, if a colleague can go on."""
    with writing():
        me, _key = current_key()
        opened, members = opened_by_me(id), roster.members()
        reader = _named(members)
        if not {*readers_of(opened.tip)} & {*members} - {reader}:
            abort(400)
        opened.revoke_access(reader, roster=members)
        search_index.forget(tip=opened.tip, reader=reader)
        note_act(AuditAction.SHUT_OUT, by=current_user(), tip_id=id, about=reader.user)
    return redirect(url_for(".inbox", notice="saved"), 303) if reader is me else back(id)


@bp.post("/desk/tips/<id:id>/erase")
@open_to(tip_readers)
def erase(id: int) -> ResponseReturnValue:
    if request.form.get("sure") != "yes":
        return tip_page(opened_by_me(id), sure=True, status=422)
    with writing():
        opened = opened_by_me(id)
        reason = "asked" if opened.tip.erasure_asked_on else "reader"
        retention.erase(opened.tip, reason=reason, by=current_user())
    truncate_wal()
    return redirect(url_for(".inbox", notice="erased"), 303)


def _named(members: list[TipReader]) -> TipReader:
    """The one the form names."""
    id = request.form.get("reader", "")
    return next((reader for reader in members if str(reader.id) == id), None) or abort(400)

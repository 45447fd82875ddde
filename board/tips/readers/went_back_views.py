"""A reader looks at a database that went back, and says that it may go on from there."""

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from board.tips.integrity import checkpoint_file, checkpoints, reader_checkpoints
from board.tips.integrity.checkpoint_file import State
from board.tips.models import roster
from board.tips.readers.unlock_views import bp, current_key
from board.tips.web.idempotency import idempotent, writing_once
from board.tips.web.responses import render_page
from board.web.access import open_to, tip_readers


@bp.get("/desk/tips/went-back")
@open_to(tip_readers)
def went_back() -> ResponseReturnValue:
    me, key = current_key()
    look = reader_checkpoints.look(me, key)
    if not look.parts:
        return redirect(url_for("tip_desk.inbox"), 303)
    seen = look.seen or checkpoint_file.load().board or {}
    return render_page(
        "tips/readers/went_back.html",
        look=look,
        before=_numbers(seen),
        now=_numbers(checkpoints.snapshot()),
        may_accept=me in roster.members(),
    )


@bp.post("/desk/tips/went-back")
@open_to(tip_readers)
@idempotent()
def accept() -> ResponseReturnValue:
    me, key = current_key()
    if me in roster.members() and reader_checkpoints.look(me, key).parts:
        with writing_once(to=url_for("tip_desk.inbox", notice="restore_confirmed")):
            reader_checkpoints.log_acceptance(me)
        reader_checkpoints.accept(me, key)
    return redirect(url_for("tip_desk.inbox", notice="restore_confirmed"), 303)


def _numbers(state: State) -> dict[str, int]:
    """The numbers of the last entry of the log, of the roster, and of the newest tip; 0 if none."""
    return {
        "log": max((id for id, _hash in state.get("log", [])), default=0),
        "roster": max((id for id, _hash in state.get("roster", [])), default=0),
        "tip": max(map(int, state.get("tips", {})), default=0),
        "readers": len(state.get("readers", {})),
    }

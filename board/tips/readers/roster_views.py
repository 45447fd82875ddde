"""Manages tip readers: the roster, and who signs for whom."""

from typing import Any

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from board.db import db
from board.runtime.limiter import long_work
from board.tips.integrity import reader_checkpoints
from board.tips.models import roster
from board.tips.models.key_holders import TipReader, fingerprint
from board.tips.models.tip import Tip
from board.tips.readers import membership, ownership
from board.tips.readers.forms import OwnerForm
from board.tips.readers.unlock_views import bp, current_key
from board.tips.web.idempotency import idempotent, redirect_to, writing_once
from board.tips.web.responses import render_page
from board.web.access import open_to, tip_readers


@bp.get("/desk/tips/readers")
@open_to(tip_readers)
def readers() -> ResponseReturnValue:
    me, key = current_key()
    members, leavers = roster.members(), roster.leavers()
    all_readers = [*db.session.scalars(TipReader.active())]
    return render_page(
        "tips/readers/index.html",
        me=me,
        signed=[(reader, fingerprint(reader.public)) for reader in [*members, *leavers]],
        leavers=leavers,
        pending=[
            (reader, fingerprint(reader.public)) for reader in all_readers if reader not in members
        ],
        fingerprint=roster.printed_fingerprint(),
        roster_exists=roster.exists(),
        single_reader_count=len(db.session.scalars(Tip.single_reader()).all()),
        last_visit=reader_checkpoints.look(me, key).last_visit,
    )


@bp.get("/desk/tips/readers/<id:id>/add")
@open_to(tip_readers)
def add_form(id: int) -> ResponseReturnValue:
    me, _key = current_key()
    return _add_page(_pending_or_403(id, me), me, OwnerForm.unbound())


@bp.post("/desk/tips/readers/<id:id>/add")
@open_to(tip_readers)
@idempotent()
def add(id: int) -> ResponseReturnValue:
    """Sign for a colleague, and grant them every tip one can open."""
    form, (me, _key) = OwnerForm.from_post(), current_key()
    reader = _pending_or_403(id, me)
    key = ownership.prove(form, me)
    if key is None:
        return _add_page(reader, me, form, status=422)
    with long_work, writing_once(to=url_for(".readers", notice="reader_added")) as answer:
        reader = _pending_or_403(id, me)
        if reader not in roster.members():
            membership.add_reader(reader, by=me, key=key)
    return redirect_to(answer)


def _pending_or_403(id: int, me: TipReader) -> TipReader:
    """The reader to sign for, if `me` may: those on the roster, or the first for themselves."""
    reader: TipReader = db.get_or_404(TipReader, id)
    is_first = reader.id == me.id and not roster.exists()
    if not is_first and me not in roster.members():
        abort(403)
    return reader


def _add_page(reader: TipReader, me: TipReader, form: Any, *, status: int = 200) -> Response:
    return render_page(
        "tips/readers/add.html",
        reader=reader,
        fingerprint=fingerprint(reader.public),
        form=form,
        held_count=db.session.scalar(select(func.count()).select_from(Tip.held_by(me).subquery())),
        status=status,
    )

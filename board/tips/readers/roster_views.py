"""Manages tip readers: the roster, and who signs for whom."""

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from board.db import db, writing
from board.tips.models import form_tokens, roster
from board.tips.models.key_holders import TipReader, fingerprint
from board.tips.models.tip import Tip
from board.tips.readers import membership
from board.tips.readers.unlock_views import bp, current_key
from board.tips.web.responses import render_page
from board.web.access import open_to, tip_readers


@bp.get("/desk/tips/readers")
@open_to(tip_readers)
def readers() -> ResponseReturnValue:
    me, _key = current_key()
    members = roster.members()
    all_readers = [*db.session.scalars(TipReader.active())]
    return render_page(
        "tips/readers/index.html",
        me=me,
        signed=[(reader, fingerprint(reader.public)) for reader in members],
        pending=[
            (reader, fingerprint(reader.public)) for reader in all_readers if reader not in members
        ],
        fingerprint=roster.current_fingerprint(),
        roster_exists=roster.exists(),
        ticket=form_tokens.new(),
        single_reader_count=len(db.session.scalars(Tip.single_reader()).all()),
        held_count=db.session.scalar(select(func.count()).select_from(Tip.held_by(me).subquery())),
    )


@bp.post("/desk/tips/readers/<id:id>/add")
@open_to(tip_readers)
def add(id: int) -> ResponseReturnValue:
    """Sign for a colleague, and grant them every tip one can open."""
    with writing():
        me, key = current_key()
        reader = db.get_or_404(TipReader, id)
        is_first = reader.id == me.id and not roster.exists()
        members = roster.members()
        if not is_first and me not in members:
            abort(403)
        if reader not in members:
            membership.add_reader(reader, by=me, key=key)
    return redirect(url_for(".readers", notice="saved"), 303)


@bp.post("/desk/tips/readers/<id:id>/remove")
@open_to(tip_readers)
def remove(id: int) -> ResponseReturnValue:
    with writing():
        me, key = current_key()
        reader = db.get_or_404(TipReader, id)
        if reader.id == me.id or me not in roster.members():
            abort(403)
        membership.remove_reader(reader, by=me, key=key)
    return redirect(url_for(".readers", notice="saved"), 303)

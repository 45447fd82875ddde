"""Manages tip readers: the roster, and who signs for whom."""

from flask import abort, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import func, select

from board.db import db
from board.tips.models.key_holders import TipReader, fingerprint
from board.tips.models.tip import Tip
from board.tips.readers import membership, roster
from board.tips.readers.unlock_views import bp, current_key
from board.tips.web.once import once, redirect_to, writing_once
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
        single_reader_count=len(db.session.scalars(Tip.single_reader()).all()),
        held_count=db.session.scalar(select(func.count()).select_from(Tip.held_by(me).subquery())),
    )


@bp.post("/desk/tips/readers/<id:id>/add")
@open_to(tip_readers)
@once()
def add(id: int) -> ResponseReturnValue:
    """Sign for a colleague, and grant them every tip one can open."""
    with writing_once(to=url_for(".readers", notice="saved")) as answer:
        me, key = current_key()
        reader = db.get_or_404(TipReader, id)
        is_first = reader.id == me.id and not roster.exists()
        members = roster.members()
        if not is_first and me not in members:
            abort(403)
        if reader not in members:
            membership.add_reader(reader, by=me, key=key)
    return redirect_to(answer)


@bp.post("/desk/tips/readers/<id:id>/remove")
@open_to(tip_readers)
@once()
def remove(id: int) -> ResponseReturnValue:
    with writing_once(to=url_for(".readers", notice="saved")) as answer:
        me, key = current_key()
        reader = db.get_or_404(TipReader, id)
        if reader.id == me.id or me not in roster.members():
            abort(403)
        membership.remove_reader(reader, by=me, key=key)
    return redirect_to(answer)

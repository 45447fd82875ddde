"""Who reads tips: the roster, and who signs for whom."""

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext
from sqlalchemy import func, select

from board.access import newsroom, open_to
from board.db import db, writing
from board.desk import Page, pages
from board.tips import joining, roster, tickets
from board.tips.holders import Reader, fingerprint
from board.tips.models import Tip
from board.tips.pages import page_of
from board.tips.unlock_views import bp, my_key

pages.append(Page(61, "tip_readers", lazy_gettext("Tip readers"), "tip_readers.readers", newsroom))


@bp.get("/desk/tips/readers")
@open_to(newsroom)
def readers() -> ResponseReturnValue:
    me, _key = my_key()
    members = roster.members()
    every = [*db.session.scalars(Reader.all())]
    return page_of(
        "tips/desk/readers.html",
        me=me,
        listed=[(reader, fingerprint(reader.public)) for reader in members],
        pending=[(reader, fingerprint(reader.public)) for reader in every if reader not in members],
        fingerprint=roster.seal_of(),
        begun=roster.is_begun(),
        ticket=tickets.new(),
        lonely=len(db.session.scalars(Tip.lonely()).all()),
        held=db.session.scalar(select(func.count()).select_from(Tip.held_by(me).subquery())),
    )


@bp.post("/desk/tips/readers/<id:id>/add")
@open_to(newsroom)
def add(id: int) -> ResponseReturnValue:
    """Sign for a colleague, and let them into every tip one can open."""
    with writing():
        me, key = my_key()
        reader = db.get_or_404(Reader, id)
        begins = reader.id == me.id and not roster.is_begun()
        members = roster.members()
        if not begins and me not in members:
            abort(403)
        if reader not in members:
            joining.join(reader, by=me, key=key)
    return redirect(url_for(".readers", notice="saved"), 303)


@bp.post("/desk/tips/readers/<id:id>/remove")
@open_to(newsroom)
def remove(id: int) -> ResponseReturnValue:
    with writing():
        me, key = my_key()
        reader = db.get_or_404(Reader, id)
        if reader.id == me.id or me not in roster.members():
            abort(403)
        joining.remove(reader, by=me, key=key)
    return redirect(url_for(".readers", notice="saved"), 303)

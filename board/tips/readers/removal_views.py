"""Takes readers off the roster: oneself, a colleague with a second reader, or somebody whose
account may not read tips any more.
"""

from typing import Any

from flask import Response, abort, url_for
from flask.typing import ResponseReturnValue

from board.db import db
from board.runtime.limiter import long_work
from board.tips.crypto.primitives import Key
from board.tips.models import access, roster
from board.tips.models.key_holders import TipReader, fingerprint
from board.tips.models.removal import RemovalRequest
from board.tips.readers import membership, ownership
from board.tips.readers.forms import LossForm, OwnerLossForm
from board.tips.readers.unlock_views import bp, current_key
from board.tips.web.idempotency import idempotent, redirect_to, writing_once
from board.tips.web.responses import render_page
from board.web.access import open_to, tip_readers


@bp.get("/desk/tips/readers/<id:id>/remove")
@open_to(tip_readers)
def remove_form(id: int) -> ResponseReturnValue:
    me, _key = current_key()
    reader = _member_or_404(id, me)
    form = _form_class(reader, me).unbound()
    return _removal_page(reader, me, form)


@bp.post("/desk/tips/readers/<id:id>/remove")
@open_to(tip_readers)
@idempotent()
def remove(id: int) -> ResponseReturnValue:
    """Remove the reader; or, if that takes a second reader, ask for it."""
    me, key = current_key()
    reader = _member_or_404(id, me)
    form = _form_class(reader, me).from_post()
    form.lost_count = _lost_count(reader)
    if _needs_second_reader(reader, me):
        return _ask(reader, me)
    if not form.validate() or (reader.id == me.id and not ownership.prove(form, me)):
        return _removal_page(reader, me, form, status=422)
    return _remove(id, me, key)


@bp.post("/desk/tips/readers/<id:id>/keep")
@open_to(tip_readers)
@idempotent()
def keep(id: int) -> ResponseReturnValue:
    """Withdraw one's own request to remove a colleague."""
    me, _key = current_key()
    with writing_once(to=url_for(".readers", notice="removal_withdrawn")) as answer:
        request = db.session.get(RemovalRequest, id)
        if request and request.asked_by_id == me.id:
            db.session.delete(request)
    return redirect_to(answer)


def _remove(id: int, me: TipReader, key: Key) -> ResponseReturnValue:
    page = ".start_form" if id == me.id else ".readers"
    with long_work, writing_once(to=url_for(page, notice="reader_removed")) as answer:
        reader = _member_or_404(id, me)
        if _needs_second_reader(reader, me):
            abort(409)  # the request was withdrawn meanwhile
        membership.remove_reader(reader, by=me, key=key)
    return redirect_to(answer)


def _ask(reader: TipReader, me: TipReader) -> ResponseReturnValue:
    with writing_once(to=url_for(".remove_form", id=reader.id, notice="removal_asked")) as answer:
        RemovalRequest.ask(reader, by=me)
    return redirect_to(answer)


def _needs_second_reader(reader: TipReader, me: TipReader) -> bool:
    """Whether nobody but `me` wants this colleague to go, who may still read tips."""
    if reader.id == me.id or reader not in roster.members():
        return False
    request = db.session.get(RemovalRequest, reader.id)
    return not request or request.asked_by_id == me.id or not request.asked_by.may_read_tips


def _form_class(reader: TipReader, me: TipReader) -> Any:
    return OwnerLossForm if reader.id == me.id else LossForm


def _lost_count(reader: TipReader) -> int | None:
    return access.count_lost_without(reader) or None


def _member_or_404(id: int, me: TipReader) -> TipReader:
    """The reader to remove. The last one cannot leave: nobody could sign for another."""
    reader: TipReader = db.get_or_404(TipReader, id)
    members = roster.members()
    if me not in members or members == [reader]:
        abort(403)
    if not roster.has_entry(reader):
        abort(404)
    return reader


def _removal_page(reader: TipReader, me: TipReader, form: Any, *, status: int = 200) -> Response:
    form.lost_count = _lost_count(reader)
    return render_page(
        "tips/readers/remove.html",
        reader=reader,
        fingerprint=fingerprint(reader.public),
        me=me,
        form=form,
        removal=db.session.get(RemovalRequest, reader.id),
        is_leaver=reader not in roster.members(),
        needs_second_reader=_needs_second_reader(reader, me),
        status=status,
    )

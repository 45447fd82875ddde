"""A reader says whom exports are encrypted to, proves it, and takes a tip along."""

from collections.abc import Iterator
from typing import IO, Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.db import db, writing
from board.tips import exports, log
from board.tips.desk_forms import RecipientForm, RiddleForm
from board.tips.holders import Reader
from board.tips.log import Act
from board.tips.pages import OPAQUE, page_of, protect
from board.tips.streams import CHUNK
from board.tips.tip_page import opened_by_me
from board.tips.unlock_views import my_key
from board.tips.vault import Key
from board.web.access import member, newsroom, open_to

bp = Blueprint("tip_export", __name__)
bp.after_request(protect)


@bp.get("/desk/tips/export")
@open_to(newsroom)
def index() -> ResponseReturnValue:
    return _page()


@bp.post("/desk/tips/export/recipient")
@open_to(newsroom)
def ask() -> ResponseReturnValue:
    form = RecipientForm.posted()
    if not form.validate():
        return _page(form=form, status=422)
    with writing():
        exports.ask(*_mine(), form.recipient.data)
    return redirect(url_for(".index"), 303)


@bp.post("/desk/tips/export/prove")
@open_to(newsroom)
def prove() -> ResponseReturnValue:
    """The code that only the other computer could read is typed here."""
    form = RiddleForm.posted()
    if not form.validate():
        return _page(riddle_form=form, status=422)
    with writing():
        proven = exports.prove(*_mine(), form.code.data)
    if not proven:
        form.code.errors = [_("This is not the code. It has eight digits.")]
        return _page(riddle_form=form, status=422)
    return redirect(url_for(".index", notice="saved"), 303)


@bp.post("/desk/tips/<id:id>/export")
@open_to(newsroom)
def export(id: int) -> ResponseReturnValue:
    """Logged before it leaves."""
    to = exports.recipient(*my_key())
    if not to:
        return redirect(url_for(".index"), 303)
    contact = request.form.get("contact") == "yes"
    with writing():
        opened = opened_by_me(id)
        for act in (Act.EXPORT, Act.CONTACT) if contact else (Act.EXPORT,):
            log.note(act, by=member(), tip_id=id)
    packed = exports.pack(opened, to, by=member().name, contact=contact)
    return _download(packed, f"tip-{id}.tar.age")


def _mine() -> tuple[Reader, Key]:
    """As it is now, to be changed."""
    me, key = my_key()
    return db.session.get_one(Reader, me.id), key


def _download(packed: IO[bytes], name: str) -> Response:
    size = packed.seek(0, 2)
    packed.seek(0)
    response = Response(_chunks(packed), mimetype="application/octet-stream")
    response.call_on_close(packed.close)
    response.headers.set("Content-Disposition", "attachment", filename=name)
    response.headers["Content-Security-Policy"] = OPAQUE
    response.content_length = size
    return response


def _chunks(packed: IO[bytes]) -> Iterator[bytes]:
    while chunk := packed.read(CHUNK):
        yield chunk


def _page(*, status: int = 200, **forms: Any) -> Response:
    me, key = my_key()
    forms = {"form": RecipientForm.empty(), "riddle_form": RiddleForm.empty(), **forms}
    return page_of(
        "tips/desk/export.html",
        status=status,
        recipient=exports.recipient(me, key),
        riddle=exports.riddle(me, key),
        **forms,
    )

"""A source writes a tip, looks at what it gives away, sends it, and notes the code."""

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.access import open_to, strangers
from board.db import db, writing
from board.lock import Busy
from board.tips import disk, sending, tickets, words
from board.tips.attachments import Attachment, CannotClean
from board.tips.filled import Filled
from board.tips.forms import TipForm
from board.tips.holders import Reader
from board.tips.pages import FORM_BYTES, page_of
from board.tips.sending import TooMany
from board.tips.source_pages import code_page, form_page, look_page, not_cleaned, readers
from board.tips.uploads import bytes_max
from board.tips.views import bp
from board.turns import TooBusy


@bp.get("/tips/new")
@open_to(strangers)
def write_form() -> ResponseReturnValue:
    form = TipForm.empty(data={"ticket": tickets.new()})
    return form_page("tips/write.html", form=form, attachments=[], problem=None)


@bp.post("/tips/new")
@open_to(strangers, body_max=FORM_BYTES, uploads=bytes_max, lists=("files", "drop"))
def write() -> ResponseReturnValue:
    form = TipForm.posted()
    if code := tickets.code_of(form.ticket.data or ""):
        return code_page(form.ticket.data, code)  # the same form again: a reload
    if tickets.used(form.ticket.data or ""):
        return page_of("tips/sent.html", status=409)
    filled = Filled(form)
    if filled.is_refused:
        return _write_page(filled, status=422)
    if filled.wants_a_look:
        return look_page(filled)
    try:
        return _send(form, filled)
    except CannotClean as error:
        return look_page(filled, problem=not_cleaned(error), status=422)
    except (TooMany, Busy, TooBusy):
        return look_page(filled, problem=_too_many(), status=503)


@bp.post("/tips/new/check")
@open_to(strangers)
def check() -> ResponseReturnValue:
    """The source types two words of the code again, and knows that the note is good."""
    ticket = request.form.get("ticket", "")
    code = tickets.code_of(ticket)
    if code is None:
        return redirect(url_for(".box"), 303)
    given = {place: request.form.get(f"word{place}", "") for place in words.asked_places(code)}
    if not words.are_of(code, given):
        return code_page(ticket, code, wrong=True, status=422)
    with writing():
        tickets.forget_code(ticket)
    return page_of("tips/noted.html")


def _send(form: TipForm, filled: Filled) -> ResponseReturnValue:
    to = readers()
    if not to:
        return _write_page(filled, status=503)
    code, attachments = words.new_code(), filled.chosen()
    _seal(form, attachments, to, code)
    filled.draft.forget()
    return code_page(form.ticket.data, code)


def _seal(form: TipForm, attachments: list[Attachment], to: list[Reader], code: str) -> None:
    tag, kek = disk.stretch(code)
    with writing():
        if tickets.used(form.ticket.data):
            raise Busy  # the same form twice at once: the other one was first
        sending.count_one()
        to = [db.session.get_one(Reader, reader.id) for reader in to]
        contact = form.contact.data.strip()
        sending.send(form.text.data, contact, attachments, to=to, tag=tag, kek=kek)
        tickets.use(form.ticket.data, code)


def _write_page(filled: Filled, *, status: int) -> Response:
    return form_page(
        "tips/write.html",
        form=filled.form,
        attachments=filled.draft.attachments,
        problem=filled.problem,
        status=status,
    )


def _too_many() -> str:
    return _("Many tips are arriving right now. Nothing is lost: please send yours again later.")

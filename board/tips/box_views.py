"""A source comes back with the code: reads, adds something, changes the code, leaves."""

import math
import time

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.access import open_to, strangers
from board.db import db, writing
from board.tips import disk, keeping, opened, sending, tickets, unlocking, words
from board.tips.attachments import Attachment, CannotClean
from board.tips.days import today
from board.tips.filled import Filled
from board.tips.forms import CodeForm, MessageForm
from board.tips.holders import Source, Unlocked
from board.tips.models import Tip
from board.tips.opened import Opened
from board.tips.pages import FORM_BYTES, download, page_of
from board.tips.source_pages import code_page, door, form_page, look_page, not_cleaned
from board.tips.unlocking import Locked
from board.tips.uploads import bytes_max
from board.tips.vault import BadSeal, Key
from board.tips.views import bp
from board.tips.words import NotWords

TRY_SECONDS = 0.6  # every try of a code takes this long, right or wrong


@bp.get("/tips/box")
@open_to(strangers)
def box() -> ResponseReturnValue:
    try:
        return _box_page(*_mine())
    except Locked:
        return door(CodeForm.empty())


@bp.post("/tips/box")
@open_to(strangers)
def enter() -> ResponseReturnValue:
    """A code is tried: one slow derivation and the same time for every try, whatever it is."""
    began, form = time.monotonic(), CodeForm.posted()
    if not form.validate():
        return door(form, status=422)
    code, places = _read(form.code.data)
    token = _enter(*disk.stretch(code))
    _even_out(began)
    if token is None:
        form.code.errors = [_("We don’t recognise this code. Compare it with your note.")]
        return door(form, places=places, status=422)
    return unlocking.remember(redirect(url_for(".box"), 303), "tip", token)


@bp.post("/tips/box/message")
@open_to(strangers, body_max=FORM_BYTES, uploads=bytes_max, lists=("files", "drop"))
def add() -> ResponseReturnValue:
    source, key = _mine()
    form = MessageForm.posted()
    if tickets.used(form.ticket.data or ""):
        return redirect(url_for(".box"), 303)
    filled = Filled(form)
    if filled.is_refused:
        return _box_page(source, key, form=form, problem=filled.problem, status=422)
    if filled.wants_a_look:
        return look_page(filled, action=".add")
    try:
        attachments = filled.chosen()
    except CannotClean as error:
        return look_page(filled, action=".add", problem=not_cleaned(error), status=422)
    _hear(source, key, form, attachments)
    filled.draft.forget()
    return redirect(url_for(".box", _anchor="newest"), 303)


@bp.post("/tips/box/file")
@open_to(strangers)
def file() -> ResponseReturnValue:
    return download(_opened(*_mine()), request.form.get("number", ""))


@bp.post("/tips/box/code")
@open_to(strangers)
def change_code() -> ResponseReturnValue:
    source, key = _mine()
    ticket = request.form.get("ticket", "")
    if shown := tickets.code_of(ticket):
        return code_page(ticket, shown, changed=True)
    if tickets.age(ticket) is None or tickets.used(ticket):
        return redirect(url_for(".box"), 303)
    code = words.new_code()
    tag, kek = disk.stretch(code)
    with writing():
        source = db.session.get_one(Source, source.id)
        source.change_code(key, tag=tag, kek=kek)
        tickets.use(ticket, code)
        token = Unlocked.begin(source, key)
    return unlocking.remember(code_page(ticket, code, changed=True), "tip", token)


@bp.post("/tips/box/burn")
@open_to(strangers)
def burn() -> ResponseReturnValue:
    source, _key = _mine()
    with writing():
        opened.burn(db.session.get_one(Source, source.id))
    return unlocking.forget(redirect(url_for(".choose"), 303), "tip")


@bp.post("/tips/box/erase")
@open_to(strangers)
def ask_erasure() -> ResponseReturnValue:
    source, _key = _mine()
    with writing():
        db.session.scalars(Tip.held_by(source)).one().ask_erasure()
    return redirect(url_for(".box"), 303)


@bp.post("/tips/box/leave")
@open_to(strangers)
def leave() -> ResponseReturnValue:
    with writing():
        unlocking.lock("tip")
    return unlocking.forget(redirect(url_for(".choose"), 303), "tip")


def _read(typed: str) -> tuple[str, tuple[int, ...]]:
    """The code that was meant; or what was typed, and which words of it are in no list."""
    try:
        return words.read_code(typed), ()
    except NotWords as wrong:
        return typed, wrong.places


def _enter(tag: bytes, kek: bytes) -> str | None:
    """The token of a newly unlocked box, or None when no source has this tag."""
    with writing():
        source = db.session.scalar(Source.with_tag(tag))
        if source is None:
            return None
        try:
            key = source.unwrap(kek)
            source.note_visit(key)
        except BadSeal:
            return None
        return Unlocked.begin(source, key)


def _even_out(began: float) -> None:
    """Wait for a whole number of turns, so that a busy machine shows no difference either."""
    spent = time.monotonic() - began
    if TRY_SECONDS:
        time.sleep(math.ceil(spent / TRY_SECONDS) * TRY_SECONDS - spent)


def _mine() -> tuple[Source, Key]:
    """The source whose box is open in this browser, and their key. Raises Locked."""
    holder, key = unlocking.unlocked("tip")
    assert isinstance(holder, Source)  # noqa: S101 - no other gets this cookie
    return holder, key


def _opened(source: Source, key: Key) -> Opened:
    return Opened.by(db.session.scalars(Tip.held_by(source)).one(), source, key)


def _hear(source: Source, key: Key, form: MessageForm, attachments: list[Attachment]) -> None:
    with writing():
        sending.hear(_opened(source, key), form.text.data, attachments)
        tickets.use(form.ticket.data, "")


def _box_page(
    source: Source,
    key: Key,
    *,
    form: MessageForm | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    tip = db.session.scalar(Tip.held_by(source))
    if tip is None:
        return page_of("tips/gone.html")
    said = Opened.by(tip, source, key).contents("message", "file", "story")
    erased_on = tip.erased_on(keeping.retention())
    return form_page(
        "tips/box.html",
        status=status,
        tip=tip,
        talk=[{"number": each.number, "kind": each.kind, **each.data} for each in said],
        ticket=tickets.new(),
        attachments=(),
        visits=source.visits_before(key, current=True),
        form=form or MessageForm.empty(data={"ticket": tickets.new()}),
        problem=problem,
        erased_on=erased_on,
        warned=erased_on - today() <= Tip.WARN,
    )

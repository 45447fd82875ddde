"""A source comes back with the code: reads, adds something, changes the code, leaves."""

import math
import time

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.db import db, writing
from board.tips.attachments.drafts import Attachment, CannotClean
from board.tips.attachments.uploads import bytes_max
from board.tips.crypto import key_files, passphrases
from board.tips.crypto.passphrases import InvalidPhrase
from board.tips.crypto.primitives import DecryptionFailed, Key
from board.tips.dates import today
from board.tips.forms import CodeForm, MessageForm
from board.tips.models.key_holders import Source, UnlockedSession
from board.tips.models.tip import Tip
from board.tips.readers import unlock_session
from board.tips.readers.unlock_session import Locked
from board.tips.sealed import messages, retention, sealed_tip
from board.tips.sealed.sealed_tip import DecryptableTip
from board.tips.source.form_state import TipFormState
from board.tips.source.pages import code_entry_page, code_page, form_page, not_cleaned, preview_page
from board.tips.source.views import bp
from board.tips.web import form_tokens
from board.tips.web.responses import FORM_BYTES, download, render_page
from board.web.access import anonymous_only, open_to

TRY_SECONDS = 0.6  # every try of a code takes this long, right or wrong


@bp.get("/tips/box")
@open_to(anonymous_only)
def box() -> ResponseReturnValue:
    try:
        return _box_page(*_mine())
    except Locked:
        return code_entry_page(CodeForm.unbound())


@bp.post("/tips/box")
@open_to(anonymous_only)
def enter() -> ResponseReturnValue:
    """A code is tried: one slow derivation and the same time for every try, whatever it is."""
    began, form = time.monotonic(), CodeForm.from_post()
    if not form.validate():
        return code_entry_page(form, status=422)
    code, places = _read(form.code.data)
    token = _enter(*key_files.stretch(code))
    _even_out(began)
    if token is None:
        form.code.errors = [_("We don’t recognise this code. Compare it with your note.")]
        return code_entry_page(form, places=places, status=422)
    return unlock_session.remember(redirect(url_for(".box"), 303), "tip", token)


@bp.post("/tips/box/message")
@open_to(anonymous_only, body_max=FORM_BYTES, uploads=bytes_max, multi_fields=("files", "drop"))
def add() -> ResponseReturnValue:
    source, key = _mine()
    form = MessageForm.from_post()
    if form_tokens.is_used(form.ticket.data or ""):
        return redirect(url_for(".box"), 303)
    filled = TipFormState(form)
    if filled.is_refused:
        return _box_page(source, key, form=form, problem=filled.problem, status=422)
    if filled.needs_preview:
        return preview_page(filled, action=".add")
    try:
        attachments = filled.selected_attachments()
    except CannotClean as error:
        return preview_page(filled, action=".add", problem=not_cleaned(error), status=422)
    _hear(source, key, form, attachments)
    filled.draft.forget()
    return redirect(url_for(".box", _anchor="newest"), 303)


@bp.post("/tips/box/file")
@open_to(anonymous_only)
def file() -> ResponseReturnValue:
    return download(_opened(*_mine()), request.form.get("number", ""))


@bp.post("/tips/box/code")
@open_to(anonymous_only)
def change_code() -> ResponseReturnValue:
    source, key = _mine()
    ticket = request.form.get("ticket", "")
    if shown := form_tokens.result_of(ticket):
        return code_page(ticket, shown, changed=True)
    if form_tokens.age(ticket) is None or form_tokens.is_used(ticket):
        return redirect(url_for(".box"), 303)
    code = passphrases.new_code()
    tag, kek = key_files.stretch(code)
    with writing():
        source = db.session.get_one(Source, source.id)
        source.change_code(key, tag=tag, kek=kek)
        form_tokens.mark_used(ticket, code)
        token = UnlockedSession.begin(source, key)
    return unlock_session.remember(code_page(ticket, code, changed=True), "tip", token)


@bp.post("/tips/box/burn")
@open_to(anonymous_only)
def burn() -> ResponseReturnValue:
    source, _key = _mine()
    with writing():
        sealed_tip.revoke_source(db.session.get_one(Source, source.id))
    return unlock_session.forget(redirect(url_for(".choose"), 303), "tip")


@bp.post("/tips/box/erase")
@open_to(anonymous_only)
def ask_erasure() -> ResponseReturnValue:
    source, _key = _mine()
    with writing():
        db.session.scalars(Tip.held_by(source)).one().ask_erasure()
    return redirect(url_for(".box"), 303)


@bp.post("/tips/box/leave")
@open_to(anonymous_only)
def leave() -> ResponseReturnValue:
    with writing():
        unlock_session.lock("tip")
    return unlock_session.forget(redirect(url_for(".choose"), 303), "tip")


def _read(typed: str) -> tuple[str, tuple[int, ...]]:
    """The code that was meant; or what was typed, and which words of it are in no list."""
    try:
        return passphrases.read_code(typed), ()
    except InvalidPhrase as wrong:
        return typed, wrong.places


def _enter(tag: bytes, kek: bytes) -> str | None:
    """The token of a newly unlocked box, or None when no source has this tag."""
    with writing():
        source = db.session.scalar(Source.with_tag(tag))
        if source is None:
            return None
        try:
            key = source.unwrap_key(kek)
            source.note_visit(key)
        except DecryptionFailed:
            return None
        return UnlockedSession.begin(source, key)


def _even_out(began: float) -> None:
    """Wait for a whole number of turns, so that a busy machine shows no difference either."""
    spent = time.monotonic() - began
    if TRY_SECONDS:
        time.sleep(math.ceil(spent / TRY_SECONDS) * TRY_SECONDS - spent)


def _mine() -> tuple[Source, Key]:
    """The source whose box is open in this browser, and their key. Raises Locked."""
    holder, key = unlock_session.unlocked("tip")
    assert isinstance(holder, Source)  # noqa: S101 - no other gets this cookie
    return holder, key


def _opened(source: Source, key: Key) -> DecryptableTip:
    return DecryptableTip.open(db.session.scalars(Tip.held_by(source)).one(), source, key)


def _hear(source: Source, key: Key, form: MessageForm, attachments: list[Attachment]) -> None:
    with writing():
        messages.add_source_message(_opened(source, key), form.text.data, attachments)
        form_tokens.mark_used(form.ticket.data, "")


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
        return render_page("tips/source/gone.html")
    said = DecryptableTip.open(tip, source, key).contents("message", "file", "story")
    erased_on = tip.erased_on(retention.retention())
    return form_page(
        "tips/source/mailbox.html",
        status=status,
        tip=tip,
        talk=[{"number": each.number, "kind": each.kind, **each.data} for each in said],
        ticket=form_tokens.new(),
        attachments=(),
        visits=source.visits_before(key, current=True),
        form=form or MessageForm.unbound(data={"ticket": form_tokens.new()}),
        problem=problem,
        erased_on=erased_on,
        warned=erased_on - today() <= Tip.WARN,
    )

"""A source comes back with the code: reads, writes, changes the code, locks."""

import math
import time

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from board.db import db, writing
from board.runtime.limiter import QueueFull
from board.tips.attachments.drafts import Attachment, CannotClean
from board.tips.attachments.uploads import bytes_max
from board.tips.crypto import key_files, passphrases
from board.tips.crypto.primitives import DecryptionFailed, Key
from board.tips.dates import today
from board.tips.forms import CodeForm, MessageForm
from board.tips.models import form_tokens
from board.tips.models.key_holders import UnlockedSession
from board.tips.models.source import ErasedCode, Source
from board.tips.models.tip import Tip
from board.tips.readers import unlock_session
from board.tips.readers.unlock_session import Locked
from board.tips.sealed import messages, retention, sealed_tip
from board.tips.sealed.sealed_tip import DecryptableTip
from board.tips.source.form_state import TipFormState
from board.tips.source.pages import (
    busy_text,
    cannot_clean_text,
    code_entry_page,
    code_page,
    form_page,
    preview_page,
)
from board.tips.source.views import bp
from board.tips.web.download import download
from board.tips.web.responses import FORM_BYTES
from board.web.access import everyone_as_guest, open_to

TRY_SECONDS = 0.6  # every attempt takes this long, right or wrong


@bp.get("/tips/box")
@open_to(everyone_as_guest)
def box() -> ResponseReturnValue:
    try:
        return _mailbox_page(*_current_source())
    except Locked:
        return code_entry_page(CodeForm.unbound())


@bp.post("/tips/box")
@open_to(everyone_as_guest)
def enter() -> ResponseReturnValue:
    """Try a code. Every attempt costs one key derivation and the same time."""
    started, form = time.monotonic(), CodeForm.from_post()
    if not form.validate():
        return code_entry_page(form, status=422)
    code, problem = form.parse()
    tag, kek = key_files.stretch(code)
    token = _unlock(tag, kek)
    was_erased = token is None and ErasedCode.has(tag)
    _pad_duration(started)
    if was_erased:
        raise key_files.Erased
    if token is None:
        form.code.errors = [problem]
        return code_entry_page(form, status=422)
    return unlock_session.set_cookie(redirect(url_for(".box"), 303), "tip", token)


@bp.post("/tips/box/message")
@open_to(everyone_as_guest, body_max=FORM_BYTES, uploads=bytes_max, multi_fields=("files", "drop"))
def add() -> ResponseReturnValue:
    source, key = _current_source()
    form = MessageForm.from_post()
    if form_tokens.is_used(form.ticket.data or ""):
        return redirect(url_for(".box"), 303)
    form_state = TipFormState(form)
    if form_state.is_invalid:
        return _mailbox_page(source, key, form=form, problem=form_state.problem, status=422)
    if form_state.needs_preview:
        return preview_page(form_state, action=".add")
    try:
        attachments = form_state.selected_attachments()
    except CannotClean as error:
        return preview_page(form_state, action=".add", problem=cannot_clean_text(error), status=422)
    except QueueFull:
        return preview_page(form_state, action=".add", problem=busy_text(), status=503)
    _add_message(source, key, form, attachments)
    form_state.draft.delete()
    return redirect(url_for(".box", _anchor="newest"), 303)


@bp.post("/tips/box/file")
@open_to(everyone_as_guest)
def file() -> ResponseReturnValue:
    return download(_open_tip(*_current_source()), request.form.get("number", ""))


@bp.post("/tips/box/code")
@open_to(everyone_as_guest)
def change_code() -> ResponseReturnValue:
    source, key = _current_source()
    ticket = request.form.get("ticket", "")
    if code := form_tokens.result_of(ticket):
        return code_page(ticket, code, changed=True)
    if form_tokens.age(ticket) is None or form_tokens.is_used(ticket):
        return redirect(url_for(".box"), 303)
    code = passphrases.new_code()
    tag, kek = key_files.stretch(code)
    with writing():
        source = db.session.get_one(Source, source.id)
        source.change_code(key, tag=tag, kek=kek)
        form_tokens.mark_used(ticket, code)
        token = UnlockedSession.start(source, key)
    return unlock_session.set_cookie(code_page(ticket, code, changed=True), "tip", token)


@bp.post("/tips/box/burn")
@open_to(everyone_as_guest)
def burn() -> ResponseReturnValue:
    source, _key = _current_source()
    with writing():
        sealed_tip.revoke_source(db.session.get_one(Source, source.id))
    return unlock_session.clear_cookie(redirect(url_for(".choose"), 303), "tip")


@bp.post("/tips/box/erase")
@open_to(everyone_as_guest)
def ask_erasure() -> ResponseReturnValue:
    source, _key = _current_source()
    with writing():
        db.session.scalars(Tip.held_by(source)).one().ask_erasure()
    return redirect(url_for(".box"), 303)


@bp.post("/tips/box/leave")
@open_to(everyone_as_guest)
def leave() -> ResponseReturnValue:
    with writing():
        unlock_session.lock("tip")
    return unlock_session.clear_cookie(redirect(url_for(".choose"), 303), "tip")


def _unlock(tag: bytes, kek: bytes) -> str | None:
    """The token of a new session, or None if no source has this tag."""
    with writing():
        source = db.session.scalar(Source.with_tag(tag))
        if source is None:
            return None
        try:
            key = source.unwrap_key(kek)
            source.record_visit(key)
        except DecryptionFailed:
            return None
        return UnlockedSession.start(source, key)


def _pad_duration(started: float) -> None:
    """Sleep up to a multiple of TRY_SECONDS, so that load does not show a difference either."""
    elapsed = time.monotonic() - started
    if TRY_SECONDS:
        time.sleep(math.ceil(elapsed / TRY_SECONDS) * TRY_SECONDS - elapsed)


def _current_source() -> tuple[Source, Key]:
    """The source whose tip is unlocked in this browser, and their key. Raises Locked."""
    holder, key = unlock_session.unlocked_key("tip")
    assert isinstance(holder, Source)  # noqa: S101 - only sources get this cookie
    return holder, key


def _open_tip(source: Source, key: Key) -> DecryptableTip:
    return DecryptableTip.open(db.session.scalars(Tip.held_by(source)).one(), source, key)


def _add_message(
    source: Source, key: Key, form: MessageForm, attachments: list[Attachment]
) -> None:
    with writing():
        messages.add_source_message(_open_tip(source, key), form.text.data, attachments)
        form_tokens.mark_used(form.ticket.data, "")


def _mailbox_page(
    source: Source,
    key: Key,
    *,
    form: MessageForm | None = None,
    problem: str | None = None,
    status: int = 200,
) -> Response:
    tip = db.session.scalar(Tip.held_by(source))
    if tip is None:
        raise key_files.Erased
    items = DecryptableTip.open(tip, source, key).contents("message", "file", "story")
    erased_on = tip.erased_on(retention.retention_period())
    return form_page(
        "tips/source/mailbox.html",
        status=status,
        tip=tip,
        talk=[{"number": item.number, "kind": item.kind, **item.data} for item in items],
        ticket=form_tokens.new(),
        attachments=(),
        visits=source.visits_before(key, current=True),
        form=form or MessageForm.unbound(data={"ticket": form_tokens.new()}),
        problem=problem,
        erased_on=erased_on,
        warned=erased_on - today() <= Tip.WARN,
    )

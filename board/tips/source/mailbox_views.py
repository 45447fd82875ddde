"""A source comes back with the code: reads, and writes more."""

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.runtime.limiter import ConcurrencyLimit, QueueFull
from board.tips.attachments.drafts import CannotClean
from board.tips.attachments.uploads import bytes_max
from board.tips.crypto import key_files
from board.tips.forms import CodeForm, MessageForm
from board.tips.integrity import checkpoints
from board.tips.models import form_tokens
from board.tips.models.source import ErasedCode
from board.tips.readers import unlock_session
from board.tips.readers.unlock_session import Locked
from board.tips.sealed import messages
from board.tips.source.form_state import TipFormState
from board.tips.source.mailbox_page import (
    current_source,
    mailbox_page,
    open_tip,
    refused_message,
    remember_message,
    source_of,
    unsent_message,
)
from board.tips.source.pages import (
    busy_text,
    cannot_clean_text,
    code_entry_page,
    preview_page,
    went_back_text,
)
from board.tips.source.unlock import unlock_source
from board.tips.source.views import bp
from board.tips.web.download import download
from board.tips.web.idempotency import idempotent, redirect_to, writing_once
from board.tips.web.responses import FORM_BYTES
from board.web.access import everyone_as_guest, open_to
from board.web.request.network import share_of_network

TRY_SECONDS = 0.6  # every attempt takes this long, right or wrong
TRY_AGAIN = 5  # seconds
# Tries at a time, in each worker. A thread that waits to answer serves nobody else.
tries = ConcurrencyLimit(4)


@bp.get("/tips/box")
@open_to(everyone_as_guest)
def box() -> ResponseReturnValue:
    try:
        return mailbox_page(*current_source(), **unsent_message())
    except Locked:
        return code_entry_page(CodeForm.unbound())


def opened_again(_key: str, answer: dict[str, Any]) -> ResponseReturnValue:
    """The tip after its code was entered; what was typed before the session expired comes along."""
    if "session" not in answer:
        return redirect(url_for(".box"), 303)
    response: Any = redirect(url_for(".box"), 303)
    if text := request.form.get("text"):
        form = MessageForm.unbound(data={"ticket": form_tokens.new(), "text": text})
        response = mailbox_page(*source_of(answer["session"]), form=form)
    return unlock_session.set_cookie(response, "tip", answer["session"])


@bp.post("/tips/box")
@open_to(everyone_as_guest, body_max=FORM_BYTES, cannot_wait=True)
@idempotent(opened_again)
def enter() -> ResponseReturnValue:
    """Try a code. Every attempt costs one key derivation and the same time."""
    started, form = time.monotonic(), CodeForm.from_post()
    text = request.form.get("text")
    if not form.validate():
        return code_entry_page(form, unsent_text=text, status=422)
    try:
        with _one_try():
            code, problem = form.parse()
            tag, kek = key_files.stretch(code)
            token = unlock_source(tag, kek)
            was_erased = token is None and ErasedCode.has(tag)
            _pad_duration(started)
    except QueueFull:
        return _too_many_tries(form, text)
    if was_erased:
        raise key_files.Erased
    if token is None:
        form.code.errors = [problem, *([went_back_text()] if checkpoints.check() else [])]
        return code_entry_page(form, unsent_text=text, status=422)
    return opened_again("", {"session": token})


@bp.post("/tips/box/message")
@open_to(everyone_as_guest, body_max=FORM_BYTES, uploads=bytes_max, multi_fields=("files", "drop"))
@idempotent()
def add() -> ResponseReturnValue:
    source, key = current_source()
    form_state = TipFormState(MessageForm.from_post())
    remember_message(form_state)
    if form_state.goes_back:
        return refused_message(form_state)
    if form_state.is_invalid:
        return refused_message(form_state, problem=form_state.problem, status=422)
    if form_state.needs_preview:
        return preview_page(form_state, action=".add")
    try:
        attachments = form_state.selected_attachments()
    except CannotClean as error:
        return preview_page(form_state, action=".add", problem=cannot_clean_text(error), status=422)
    except QueueFull:
        return preview_page(form_state, action=".add", problem=busy_text(), status=503)
    with writing_once(to=url_for(".box", _anchor="newest")) as answer:
        messages.add_source_message(open_tip(source, key), form_state.form.text.data, attachments)
    form_state.draft.delete()
    return redirect_to(answer)


@bp.post("/tips/box/file")
@open_to(everyone_as_guest)
def file() -> ResponseReturnValue:
    return download(open_tip(*current_source()), request.form.get("number", ""))


@contextmanager
def _one_try() -> Iterator[None]:
    """A try of a code, among few at a time. Raises QueueFull at once.

    It holds a thread while it waits to answer, so that all take equally long.
    """
    with share_of_network(tries, of_one=1, without_address=2):
        yield


def _too_many_tries(form: CodeForm, text: str | None) -> Response:
    form.code.errors = [
        _("Many codes are being tried right now. Try again in %(num)d seconds.", num=TRY_AGAIN)
    ]
    page = code_entry_page(form, unsent_text=text, status=503)
    page.headers["Retry-After"] = str(TRY_AGAIN)
    return page


def _pad_duration(started: float) -> None:
    """Sleep up to a multiple of TRY_SECONDS, so that load does not show a difference either."""
    elapsed = time.monotonic() - started
    if TRY_SECONDS:
        time.sleep(math.ceil(elapsed / TRY_SECONDS) * TRY_SECONDS - elapsed)

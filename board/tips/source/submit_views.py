"""A source writes a tip, checks the preview, sends it, and gets the code."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import MultiDict

from board.db import writing
from board.runtime.limiter import QueueFull
from board.tips.attachments.drafts import FormDraft
from board.tips.attachments.uploads import bytes_max
from board.tips.crypto import passphrases
from board.tips.forms import TipForm
from board.tips.models import form_tokens
from board.tips.source.form_state import TipFormState
from board.tips.source.pages import code_page, form_page, preview_page, tip_form_page
from board.tips.source.sending import send_in_turn, wait_while_busy
from board.tips.source.views import bp
from board.tips.source.waiting_tips import WaitingTip, signed_turn
from board.tips.web.idempotency import answer_once, idempotency_key, idempotent
from board.tips.web.responses import FORM_BYTES, render_page
from board.web.access import everyone_as_guest, open_to


def code_again(key: str, answer: dict[str, Any]) -> ResponseReturnValue:
    """The code, for ten minutes after it was made."""
    if "code" in answer:
        return code_page(key, answer["code"])
    return render_page("tips/source/sent.html", status=409)


@bp.get("/tips/new")
@open_to(everyone_as_guest, query=("form",))
def write_form() -> ResponseReturnValue:
    """The form, at an address with its token: who goes back to it finds it as it was checked."""
    token = request.args.get("form", "")
    if form_tokens.age(token) is None:
        return _to_empty_form()
    draft = FormDraft(token)
    form = TipForm.unbound(data={**draft.fields, "ticket": token})
    attachments = draft.attachments
    return form_page("tips/source/submit.html", form=form, attachments=attachments, problem=None)


@bp.post("/tips/new")
@open_to(everyone_as_guest, body_max=FORM_BYTES, uploads=bytes_max, multi_fields=("files", "drop"))
@idempotent(code_again)
def write() -> ResponseReturnValue:
    form_state = TipFormState(TipForm.from_post())
    if form_state.goes_back:
        return tip_form_page(form_state)
    return _send_or_show(form_state, WaitingTip.of(idempotency_key(), form_state.to_send))


@bp.get("/tips/new/wait")
@open_to(everyone_as_guest, query=("place",))
def wait() -> ResponseReturnValue:
    """The page of a tip that waits asks again, by itself; when its turn has come, it is sent."""
    waiting = WaitingTip.at(request.args.get("place", ""))
    return _go_on(waiting) if waiting else _to_empty_form()


@bp.post("/tips/new/wait")
@open_to(everyone_as_guest, body_max=FORM_BYTES)
def go_on() -> ResponseReturnValue:
    """The same by hand. The page has the whole form, should it not be kept here any more."""
    waiting = WaitingTip.at(request.form.get("place", ""))
    if waiting is None:
        waiting = WaitingTip(idempotency_key(), request.form.to_dict(), _turn_of_page())
    return _go_on(waiting)


@bp.post("/tips/new/check")
@open_to(everyone_as_guest)
def check() -> ResponseReturnValue:
    """The source types two words of the code again, to check their note of it."""
    key = request.form.get("key", "")
    answer = form_tokens.answer_to(key)
    if "is_noted" in answer:
        return render_page("tips/source/received.html")
    code = answer.get("code")
    if code is None:
        return redirect(url_for(".box"), 303)
    typed = {
        position: request.form.get(f"word{position}", "")
        for position in passphrases.positions_to_check(code)
    }
    if wrong := passphrases.wrong_positions(code, typed):
        return code_page(key, code, typed=typed, wrong=wrong, status=422)
    with writing():
        form_tokens.replace_answer(key, {"is_noted": True})
    return render_page("tips/source/received.html")


def _go_on(waiting: WaitingTip) -> ResponseReturnValue:
    token, fields = waiting.fields.get("ticket", ""), MultiDict(waiting.fields)

    def send() -> ResponseReturnValue:
        return _send_or_show(TipFormState(TipForm.of(fields), fields), waiting)

    try:
        return answer_once(token, waiting.key, send, code_again)
    except QueueFull:
        return wait_while_busy(waiting)


def _send_or_show(form_state: TipFormState, waiting: WaitingTip) -> ResponseReturnValue:
    """Send the tip in its turn, or show what stands in its way."""
    if form_state.is_invalid:
        return tip_form_page(form_state, status=422)
    if form_state.needs_preview or not waiting.key:
        return preview_page(form_state)
    return send_in_turn(form_state, waiting)


def _to_empty_form() -> ResponseReturnValue:
    return redirect(url_for(".write_form", form=form_tokens.new()), 303)


def _turn_of_page() -> int | None:
    return signed_turn(request.form.get("ticket", ""), request.form.get("turn", ""))

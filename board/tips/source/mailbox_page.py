"""A source's tip: who has it open in this browser, and the page that shows it."""

from collections.abc import Sequence
from typing import Any

from flask import Response, request

from board.db import db
from board.tips.attachments.drafts import Attachment, FormDraft
from board.tips.crypto import key_files
from board.tips.crypto.primitives import Key
from board.tips.dates import today
from board.tips.forms import MessageForm
from board.tips.integrity import checkpoints, source_checkpoints
from board.tips.models import form_tokens
from board.tips.models.key_holders import UnlockedSession
from board.tips.models.source import Source
from board.tips.models.tip import Tip
from board.tips.readers import unlock_session
from board.tips.readers.unlock_session import Locked
from board.tips.sealed import retention
from board.tips.sealed.sealed_tip import DecryptableTip
from board.tips.source.form_state import TipFormState
from board.tips.source.pages import form_page
from board.web.access import cookie_name


def current_source() -> tuple[Source, Key]:
    """The source whose tip is unlocked in this browser, and their key. Raises Locked."""
    holder, key = unlock_session.unlocked_key("tip")
    assert isinstance(holder, Source)  # noqa: S101 - only sources get this cookie
    return holder, key


def open_tip(source: Source, key: Key) -> DecryptableTip:
    return DecryptableTip.open(db.session.scalars(Tip.held_by(source)).one(), source, key)


def source_of(session_token: str) -> tuple[Source, Key]:
    """As `current_source`, for a session whose cookie is only being set."""
    session = db.session.scalars(UnlockedSession.with_token(session_token)).one()
    holder, key = session.holder, session.key(session_token)
    if key is None or not isinstance(holder, Source):
        raise Locked
    return holder, key


def _tip_of(source: Source) -> Tip:
    """Raises key_files.Erased."""
    tip = db.session.scalar(Tip.held_by(source))
    if tip is None:
        raise key_files.Erased
    return tip


def mailbox_page(
    source: Source,
    key: Key,
    *,
    form: MessageForm | None = None,
    attachments: Sequence[Attachment] = (),
    problem: str | None = None,
    needs_confirmation: bool = False,
    status: int = 200,
) -> Response:
    tip = _tip_of(source)
    opened = DecryptableTip.open(tip, source, key)
    opened.require_whole()
    items = opened.contents("message", "file", "story")
    erased_on = tip.erased_on(retention.retention_period())
    return form_page(
        "tips/source/mailbox.html",
        status=status,
        tip=tip,
        talk=[{"number": item.number, "kind": item.kind, **item.data} for item in items],
        ticket=form_tokens.new(),
        attachments=attachments,
        visits=source.visits_before(key, current=True),
        went_back=source_checkpoints.look(source, key, tip) or bool(checkpoints.check()),
        form=form or MessageForm.unbound(data={"ticket": form_tokens.new()}),
        problem=problem,
        needs_confirmation=needs_confirmation,
        erased_on=erased_on,
        warned=erased_on - today() <= Tip.WARN,
    )


def refused_message(
    form_state: TipFormState, *, problem: str | None = None, status: int = 200
) -> Response:
    """The tip, with a message in its form that was not sent. Raises Locked."""
    return mailbox_page(
        *current_source(),
        form=form_state.form,
        attachments=form_state.draft.attachments,
        problem=problem,
        status=status,
    )


def remember_message(form_state: TipFormState) -> None:
    """Let this browser find the unsent message again, when its tip is opened anew."""
    FormDraft(_session_token()).keep({"ticket": form_state.form.ticket.data or ""})


def unsent_message() -> dict[str, Any]:
    """The form and the attachments of the message last checked and not sent."""
    token = FormDraft(_session_token()).fields.get("ticket", "")
    draft = FormDraft(token)
    if not draft.fields or form_tokens.age(token) is None:
        return {}
    form = MessageForm.unbound(data={"ticket": token, "text": draft.fields["text"]})
    return {"form": form, "attachments": draft.attachments}


def _session_token() -> str:
    return request.cookies.get(cookie_name("tip"), "")

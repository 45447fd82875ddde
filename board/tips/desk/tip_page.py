"""Opens one tip with the current reader's key, and renders its page."""

from typing import Any

from flask import Response, abort, url_for

from board.db import db
from board.tips.attachments.finding_labels import by_label, finding_text
from board.tips.crypto import key_files
from board.tips.crypto.primitives import Key
from board.tips.dates import today
from board.tips.desk import export_recipient
from board.tips.desk.forms import (
    FactsForm,
    HoldForm,
    LinkForm,
    NoteForm,
    PromiseForm,
    ReplyForm,
)
from board.tips.models import form_tokens, roster
from board.tips.models.audit_log import AuditEntry
from board.tips.models.key_holders import TipReader
from board.tips.models.tip import Tip
from board.tips.readers.unlock_views import current_key
from board.tips.sealed import retention
from board.tips.sealed.items import DecryptedItem
from board.tips.sealed.sealed_tip import DecryptableTip
from board.tips.sealed.search_index import current_summaries
from board.tips.sealed.summary import Summary
from board.tips.web.responses import render_page
from board.tips.web.safe_text import count_invisible, defang, mark_invisible, without_invisible

# What the page shows unless a form was refused, or contact details were asked for.
_AT_FIRST: dict[str, Any] = {"reply_files": (), "contact": None, "needs_confirmation": False}


def open_or_404(id: int) -> DecryptableTip:
    """The tip with the current reader's keys; 404 without a key or an erase key."""
    me, key = current_key()
    tip: Tip = db.get_or_404(Tip, id)
    try:
        opened = DecryptableTip.open(tip, me, key)
    except key_files.Erased:
        abort(404)
    if not opened.has_key:
        abort(404)
    return opened


def tip_page(opened: DecryptableTip, *, status: int = 200, **context: Any) -> Response:
    opened.require_whole()
    tip, facts = opened.tip, opened.newest("facts")
    readers, (me, key) = readers_of(tip), current_key()
    return render_page(
        "tips/desk/tip.html",
        status=status,
        tip=tip,
        facts=facts,
        same_case=_same_case(tip, facts.get("case", ""), me, key),
        talk=[_for_display(item) for item in opened.contents("message", "file", "story")],
        notes=[_for_display(item) for item in opened.contents("note")],
        has_contact=any(item.kind == "contact" for item in tip.items),
        hold=opened.newest("hold"),
        readers=readers,
        others=[reader for reader in roster.members() if reader not in readers],
        log=db.session.scalars(AuditEntry.newest(tip_id=tip.id)).all(),
        export_to=export_recipient.recipient(me, key),
        me=me,
        erased_on=tip.erased_on(retention.retention_period()),
        warned=tip.erased_on(retention.retention_period()) - today() <= Tip.WARN,
        **{**_blank_forms(tip, facts), **_AT_FIRST, **context},
    )


def readers_of(tip: Tip) -> list[TipReader]:
    return [holder for holder in tip.holders if isinstance(holder, TipReader)]


def _blank_forms(tip: Tip, facts: dict[str, Any]) -> dict[str, Any]:
    """Forms with the current values, as shown before anybody has submitted one."""
    labels = ", ".join(facts.get("labels", []))
    return {
        "reply_form": ReplyForm.unbound(data={"ticket": form_tokens.new()}),
        "note_form": NoteForm.unbound(data={"ticket": form_tokens.new()}),
        "facts_form": FactsForm.unbound(data={**facts, "labels": labels}),
        "promise_form": PromiseForm.unbound(data={"day": tip.promised_on}),
        "link_form": LinkForm.unbound(),
        "hold_form": HoldForm.unbound(data={"day": tip.held_until}),
    }


def _for_display(item: DecryptedItem) -> dict[str, Any]:
    """An item with its text made safe to look at."""
    text = item.data.get("text", "")
    return {
        **item.data,
        "number": item.number,
        "kind": item.kind,
        "text": defang(without_invisible(text)),
        "hidden": count_invisible(text),
        "marked": defang(mark_invisible(text)),
        "found": by_label(finding_text(*finding) for finding in item.data.get("found", [])),
    }


def _same_case(tip: Tip, case: str, me: TipReader, key: Key) -> list[Tip]:
    if not case:
        return []
    others = [other for other in db.session.scalars(Tip.readable_by(me)) if other.id != tip.id]
    summaries = current_summaries(others, me, key)
    return [other for other in others if _case(summaries.get(other.id)) == case]


def _case(summary: Summary | None) -> str:
    return str(summary.facts.get("case", "")) if summary else ""


def tip_address(id: int, said: str) -> str:
    """Where most acts on a tip lead, with a notice of what was done."""
    return url_for("tip_desk.tip", id=id, notice=said)

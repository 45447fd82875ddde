"""One tip in the hands of whoever asks, and the page that shows it to them."""

from typing import Any

from flask import Response, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from board.db import db
from board.tips.attachments.finding_labels import finding_text
from board.tips.crypto import key_files
from board.tips.crypto.primitives import DecryptionFailed, Key
from board.tips.dates import today
from board.tips.desk import export as tip_export
from board.tips.desk.forms import DayForm, FactsForm, HoldForm, LinkForm, NoteForm
from board.tips.forms import MessageForm
from board.tips.models.audit_log import AuditEntry
from board.tips.models.key_holders import TipReader
from board.tips.models.tip import Tip
from board.tips.readers import roster
from board.tips.readers.unlock_views import current_key
from board.tips.sealed import retention
from board.tips.sealed.sealed_tip import Content, DecryptableTip
from board.tips.web import form_tokens
from board.tips.web.responses import render_page
from board.tips.web.safe_text import defang, hidden, marked, plain


def opened_by_me(id: int) -> DecryptableTip:
    """Without a key of the tip there is no such page."""
    me, key = current_key()
    found: Tip = db.get_or_404(Tip, id)
    try:
        opened = DecryptableTip.open(found, me, key)
    except key_files.Erased:
        abort(404)
    if not opened.has_key:
        abort(404)
    return opened


def tip_page(opened: DecryptableTip, *, status: int = 200, **given: Any) -> Response:
    tip, facts = opened.tip, opened.newest("facts")
    readers, (me, key) = readers_of(tip), current_key()
    return render_page(
        "tips/desk/tip.html",
        status=status,
        tip=tip,
        facts=facts,
        same_case=_same_case(tip, facts.get("case", ""), me, key),
        talk=[_shown(c) for c in opened.contents("message", "file", "story")],
        notes=[_shown(c) for c in opened.contents("note")],
        has_contact=any(item.kind == "contact" for item in tip.items),
        hold=opened.newest("hold"),
        readers=readers,
        others=[reader for reader in roster.members() if reader not in readers],
        log=db.session.scalars(AuditEntry.newest(tip_id=tip.id)).all(),
        export_to=tip_export.recipient(me, key),
        me=me,
        erased_on=tip.erased_on(retention.retention()),
        warned=tip.erased_on(retention.retention()) - today() <= Tip.WARN,
        **{**_forms(tip, facts), "contact": None, "sure": False, **given},
    )


def readers_of(tip: Tip) -> list[TipReader]:
    return [holder for holder in tip.holders if isinstance(holder, TipReader)]


def facts_of(tips: list[Tip], me: TipReader, key: Key) -> dict[int, dict[str, Any]]:
    """What the desk calls each of these tips: title, labels, case."""
    found: dict[int, dict[str, Any]] = {tip.id: {} for tip in tips}
    for opened in DecryptableTip.open_many(tips, me, key, "facts"):
        try:
            found[opened.tip.id] = opened.newest("facts")
        except DecryptionFailed:  # opening the tip says so
            continue
    return found


def _forms(tip: Tip, facts: dict[str, Any]) -> dict[str, Any]:
    """As they stand when nobody has filled one in yet."""
    labels = ", ".join(facts.get("labels", []))
    return {
        "reply_form": MessageForm.unbound(data={"ticket": form_tokens.new()}),
        "note_form": NoteForm.unbound(data={"ticket": form_tokens.new()}),
        "facts_form": FactsForm.unbound(data={**facts, "labels": labels}),
        "promise_form": DayForm.unbound(data={"day": tip.promised_on}),
        "link_form": LinkForm.unbound(),
        "hold_form": HoldForm.unbound(data={"day": tip.held_until}),
    }


def _shown(content: Content) -> dict[str, Any]:
    """An item as it may safely be looked at."""
    text = content.data.get("text", "")
    return {
        **content.data,
        "number": content.number,
        "kind": content.kind,
        "text": defang(plain(text)),
        "hidden": hidden(text),
        "marked": defang(marked(text)),
        "found": [finding_text(*found) for found in content.data.get("found", [])],
    }


def _same_case(tip: Tip, case: str, me: TipReader, key: Key) -> list[Tip]:
    if not case:
        return []
    others = [other for other in db.session.scalars(Tip.held_by(me)) if other.id != tip.id]
    facts = facts_of(others, me, key)
    return [other for other in others if facts[other.id].get("case") == case]


def back(id: int) -> ResponseReturnValue:
    return redirect(url_for("tip_desk.tip", id=id, notice="saved"), 303)

"""One tip in the hands of whoever asks, and the page that shows it to them."""

from typing import Any

from flask import Response, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from board.db import db
from board.tips.attachments.finding_labels import said
from board.tips.crypto import key_files
from board.tips.crypto.primitives import BadSeal, Key
from board.tips.dates import today
from board.tips.desk import export as tip_export
from board.tips.desk.forms import DayForm, FactsForm, HoldForm, LinkForm, NoteForm
from board.tips.forms import MessageForm
from board.tips.models.audit_log import Entry
from board.tips.models.key_holders import Reader
from board.tips.models.tip import Tip
from board.tips.readers import roster
from board.tips.readers.unlock_views import my_key
from board.tips.sealed import retention
from board.tips.sealed.sealed_tip import Content, Opened
from board.tips.web import form_tokens
from board.tips.web.responses import page_of
from board.tips.web.safe_text import defanged, hidden, marked, plain


def opened_by_me(id: int) -> Opened:
    """Without a key of the tip there is no such page."""
    me, key = my_key()
    found: Tip = db.get_or_404(Tip, id)
    try:
        opened = Opened.by(found, me, key)
    except key_files.Erased:
        abort(404)
    if not opened.is_mine:
        abort(404)
    return opened


def tip_page(opened: Opened, *, status: int = 200, **given: Any) -> Response:
    tip, facts = opened.tip, opened.newest("facts")
    readers, (me, key) = readers_of(tip), my_key()
    return page_of(
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
        log=db.session.scalars(Entry.newest(tip_id=tip.id)).all(),
        export_to=tip_export.recipient(me, key),
        me=me,
        erased_on=tip.erased_on(retention.retention()),
        warned=tip.erased_on(retention.retention()) - today() <= Tip.WARN,
        **{**_forms(tip, facts), "contact": None, "sure": False, **given},
    )


def readers_of(tip: Tip) -> list[Reader]:
    return [holder for holder in tip.holders if isinstance(holder, Reader)]


def facts_of(tips: list[Tip], me: Reader, key: Key) -> dict[int, dict[str, Any]]:
    """What the desk calls each of these tips: title, labels, case."""
    found: dict[int, dict[str, Any]] = {tip.id: {} for tip in tips}
    for opened in Opened.each(tips, me, key, "facts"):
        try:
            found[opened.tip.id] = opened.newest("facts")
        except BadSeal:  # opening the tip says so
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
        "text": defanged(plain(text)),
        "hidden": hidden(text),
        "marked": defanged(marked(text)),
        "found": [said(*found) for found in content.data.get("found", [])],
    }


def _same_case(tip: Tip, case: str, me: Reader, key: Key) -> list[Tip]:
    if not case:
        return []
    others = [other for other in db.session.scalars(Tip.held_by(me)) if other.id != tip.id]
    facts = facts_of(others, me, key)
    return [other for other in others if facts[other.id].get("case") == case]


def back(id: int) -> ResponseReturnValue:
    return redirect(url_for("tip_desk.tip", id=id, notice="saved"), 303)

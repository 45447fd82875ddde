"""The readers' side: the inbox, and one tip with all that is done to it."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext

from board.access import member, newsroom, open_to
from board.db import db, forget_log, writing
from board.desk import Page, pages
from board.forms import asked_id
from board.tips import attachments, disk, keeping, roster, sending
from board.tips.days import today
from board.tips.findings import said
from board.tips.forms import DayForm, FactsForm, HoldForm, LinkForm, MessageForm, NoteForm
from board.tips.holders import Reader
from board.tips.models import Grant, Purpose, State, Tip, note_opening, was_opened
from board.tips.opened import Opened
from board.tips.pages import download, page_of, protect
from board.tips.reader_views import my_key
from board.tips.text import defanged, hidden, marked, plain
from board.tips.vault import BadSeal
from board.tips.views import FORM_BYTES

bp = Blueprint("tip_desk", __name__)
bp.after_request(protect)
pages.append(Page(60, "tips", lazy_gettext("Tips"), "tip_desk.inbox", newsroom))

SHOWN = ("waiting", "open", "mine", "published", "closed")


@bp.get("/desk/tips")
@open_to(newsroom)
def inbox() -> ResponseReturnValue:
    me, _key = my_key()
    show = request.args.get("show", "open")
    if show not in SHOWN:
        abort(400)
    found = list(db.session.scalars(Tip.inbox(me, show=show, before=asked_id("before"))))
    shown = found[: Tip.PAGE_SIZE]
    more = shown[-1].id if len(found) > Tip.PAGE_SIZE else None
    return _inbox_page(shown, show=show, more=more)


@bp.post("/desk/tips/search")
@open_to(newsroom)
def search() -> ResponseReturnValue:
    """Posted, so that what is looked for stands in no address and no log."""
    asked = plain(request.form.get("q", ""))[:100].casefold()
    me, key = my_key()
    found = []
    for tip in db.session.scalars(Tip.held_by(me)) if asked else ():
        try:
            contents = Opened.by(tip, me, key).contents("message", "note", "facts", "file")
        except (disk.Erased, BadSeal):
            continue
        if any(asked in _words(content.data).casefold() for content in contents):
            found.append(tip)
    return _inbox_page(found, show="", q=asked)


@bp.get("/desk/tips/<id:id>")
@open_to(newsroom)
def tip(id: int) -> ResponseReturnValue:
    opened = _opened(id)
    if not was_opened(opened.tip, member(), "open"):
        with writing():
            opened = _opened(id)
            note_opening(opened.tip, member(), "open")
            opened.tip.mark_read()
    return _tip_page(opened)


@bp.post("/desk/tips/<id:id>/reply")
@open_to(newsroom, body_max=FORM_BYTES, uploads=attachments.bytes_max, lists=("files",))
def reply(id: int) -> ResponseReturnValue:
    form, uploads = MessageForm.posted(), attachments.uploaded("files")
    if not form.validate() or not (form.text.data.strip() or uploads):
        form.text.errors = form.text.errors or [_("Write something, or attach a file.")]
        return _tip_page(_opened(id), reply_form=form, status=422)
    kept = [attachments.kept(upload) for upload in uploads[: Tip.FILES_MAX]]
    with writing():
        me, _key = my_key()
        sending.reply(_opened(id), form.text.data, kept, by=me)
    return _back(id)


@bp.post("/desk/tips/<id:id>/note")
@open_to(newsroom, body_max=FORM_BYTES)
def note(id: int) -> ResponseReturnValue:
    form = NoteForm.posted()
    if not form.validate():
        return _tip_page(_opened(id), note_form=form, status=422)
    with writing():
        me, _key = my_key()
        sending.note(_opened(id), form.text.data, by=me)
    return _back(id)


@bp.post("/desk/tips/<id:id>/describe")
@open_to(newsroom)
def describe(id: int) -> ResponseReturnValue:
    form = FactsForm.posted()
    if not form.validate():
        return _tip_page(_opened(id), facts_form=form, status=422)
    with writing():
        _opened(id).replace(Purpose.DESK, "facts", form.facts())
    return _back(id)


@bp.post("/desk/tips/<id:id>/assign")
@open_to(newsroom)
def assign(id: int) -> ResponseReturnValue:
    """To a reader with a key of this tip, or to nobody."""
    with writing():
        tip = _opened(id).tip
        wanted = request.form.get("reader", "")
        able = {str(reader.id): reader for reader in _readers_of(tip)}
        if wanted and wanted not in able:
            abort(400)
        tip.assignee_id = able[wanted].user_id if wanted else None
    return _back(id)


@bp.post("/desk/tips/<id:id>/promise")
@open_to(newsroom)
def promise(id: int) -> ResponseReturnValue:
    """The source sees by which day there will be an answer."""
    form = DayForm.posted()
    if not form.validate():
        return _tip_page(_opened(id), promise_form=form, status=422)
    with writing():
        _opened(id).tip.promised_on = form.day.data
    return _back(id)


@bp.post("/desk/tips/<id:id>/publish")
@open_to(newsroom)
def publish(id: int) -> ResponseReturnValue:
    form = LinkForm.posted()
    if not form.validate():
        return _tip_page(_opened(id), link_form=form, status=422)
    with writing():
        me, _key = my_key()
        sending.publish(_opened(id), form.link.data, by=me)
    return _back(id)


@bp.post("/desk/tips/<id:id>/close")
@open_to(newsroom)
def close(id: int) -> ResponseReturnValue:
    with writing():
        _opened(id).tip.state = State.CLOSED.value
    return _back(id)


@bp.post("/desk/tips/<id:id>/open")
@open_to(newsroom)
def open(id: int) -> ResponseReturnValue:
    with writing():
        _opened(id).tip.state = State.OPEN.value
    return _back(id)


@bp.post("/desk/tips/<id:id>/hold")
@open_to(newsroom)
def hold(id: int) -> ResponseReturnValue:
    """Keep it beyond its time, for a reason and until a day; without a day, no longer."""
    form = HoldForm.posted()
    if not form.validate():
        return _tip_page(_opened(id), hold_form=form, status=422)
    with writing():
        me, _key = my_key()
        opened = _opened(id)
        opened.tip.held_until = form.until
        opened.replace(Purpose.DESK, "hold", {"by": me.user.name, "text": form.reason.data})
    return _back(id)


@bp.post("/desk/tips/<id:id>/contact")
@open_to(newsroom)
def contact(id: int) -> ResponseReturnValue:
    """How to reach the source. That it was looked at stands in the log."""
    with writing():
        opened = _opened(id)
        note_opening(opened.tip, member(), "contact")
    return _tip_page(opened, contact=opened.newest("contact").get("text", ""))


@bp.post("/desk/tips/<id:id>/file")
@open_to(newsroom)
def file(id: int) -> ResponseReturnValue:
    with writing():
        opened = _opened(id)
        note_opening(opened.tip, member(), "file")
    return download(opened, request.form.get("number", ""))


@bp.post("/desk/tips/<id:id>/let-in")
@open_to(newsroom)
def let_in(id: int) -> ResponseReturnValue:
    with writing():
        opened = _opened(id)
        opened.let_in(_on_roster(request.form.get("reader", "")))
    return _back(id)


@bp.post("/desk/tips/<id:id>/shut-out")
@open_to(newsroom)
def shut_out(id: int) -> ResponseReturnValue:
    """A reader loses this tip: what comes later is under keys they never had."""
    with writing():
        me, _key = my_key()
        reader = _on_roster(request.form.get("reader", ""))
        if reader.id == me.id:
            abort(400)
        opened = _opened(id)
        opened.shut_out(reader)
        if opened.tip.assignee_id == reader.user_id:
            opened.tip.assignee_id = None
    return _back(id)


@bp.post("/desk/tips/<id:id>/erase")
@open_to(newsroom)
def erase(id: int) -> ResponseReturnValue:
    if request.form.get("sure") != "yes":
        return _tip_page(_opened(id), sure=True, status=422)
    with writing():
        opened = _opened(id)
        reason = "asked" if opened.tip.erasure_asked_on else "reader"
        keeping.erase(opened.tip, reason=reason, by=member())
    forget_log()
    return redirect(url_for(".inbox", notice="erased"), 303)


def _opened(id: int) -> Opened:
    """The tip in the hands of whoever asks; without a key of it there is no such page."""
    me, key = my_key()
    found: Tip = db.get_or_404(Tip, id)
    try:
        opened = Opened.by(found, me, key)
    except disk.Erased:
        abort(404)
    if not opened.is_mine:
        abort(404)
    return opened


def _on_roster(id: str) -> Reader:
    reader = next((r for r in roster.members() if str(r.id) == id), None)
    return reader or abort(400)


def _readers_of(tip: Tip) -> list[Reader]:
    holders = db.session.scalars(Grant.holders(tip))
    return [holder for holder in holders if isinstance(holder, Reader)]


def _words(data: dict[str, Any]) -> str:
    parts = [data.get(name, "") for name in ("text", "title", "case", "name")]
    return "\n".join([*parts, *data.get("labels", [])])


def _inbox_page(tips: list[Tip], *, show: str, more: int | None = None, q: str = "") -> Response:
    me, key = my_key()
    members = roster.members()
    alone = len(members) < 2
    return page_of(
        "tips/desk/inbox.html",
        tips=[(tip, _facts_of(tip, me, key)) for tip in tips],
        show=show,
        shows=SHOWN,
        more=more,
        q=q,
        alone=alone,
        lonely=set() if alone else set(db.session.scalars(Grant.lonely())),
        listed=me in members,
    )


def _facts_of(tip: Tip, me: Reader, key: Any) -> dict[str, Any]:
    try:
        return Opened.by(tip, me, key).newest("facts")
    except (disk.Erased, BadSeal):  # opening it says which
        return {}


def _tip_page(opened: Opened, *, status: int = 200, **given: Any) -> Response:
    tip, facts = opened.tip, opened.newest("facts")
    readers = _readers_of(tip)
    forms = {
        "reply_form": MessageForm.empty(),
        "note_form": NoteForm.empty(),
        "facts_form": FactsForm.empty(data={**facts, "labels": ", ".join(facts.get("labels", []))}),
        "promise_form": DayForm.empty(data={"day": tip.promised_on}),
        "link_form": LinkForm.empty(),
        "hold_form": HoldForm.empty(data={"day": tip.held_until}),
        "contact": None,
        "sure": False,
        **given,
    }
    return page_of(
        "tips/desk/tip.html",
        status=status,
        tip=tip,
        facts=facts,
        same_case=_same_case(tip, facts.get("case", "")),
        talk=[_shown(c) for c in opened.contents("message", "file", "story")],
        notes=[_shown(c) for c in opened.contents("note")],
        has_contact=any(item.kind == "contact" for item in tip.items),
        hold=opened.newest("hold"),
        readers=readers,
        others=[reader for reader in roster.members() if reader not in readers],
        me=my_key()[0],
        erased_on=tip.erased_on(keeping.retention()),
        warned=tip.erased_on(keeping.retention()) - today() <= Tip.WARN,
        **forms,
    )


def _shown(content: Any) -> dict[str, Any]:
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


def _same_case(tip: Tip, case: str) -> list[Tip]:
    if not case:
        return []
    me, key = my_key()
    others = [other for other in db.session.scalars(Tip.held_by(me)) if other.id != tip.id]
    return [other for other in others if _facts_of(other, me, key).get("case") == case]


def _back(id: int) -> ResponseReturnValue:
    return redirect(url_for(".tip", id=id, notice="saved"), 303)

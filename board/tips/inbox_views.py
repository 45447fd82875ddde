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
from board.tips import attachments, gists, keeping, roster, sending
from board.tips.finding import find
from board.tips.forms import DayForm, FactsForm, FindForm, HoldForm, LinkForm, MessageForm, NoteForm
from board.tips.holders import Reader
from board.tips.keyring import NoKey
from board.tips.log import Act, is_noted
from board.tips.log import note as note_act
from board.tips.models import Grant, Purpose, State, Tip
from board.tips.pages import FORM_BYTES, download, page_of, protect
from board.tips.reader_views import my_key
from board.tips.text import plain
from board.tips.tip_page import facts_of, opened_by_me, readers_of, tip_page

bp = Blueprint("tip_desk", __name__)
bp.after_request(protect)
pages.append(Page(60, "tips", lazy_gettext("Tips"), "tip_desk.inbox", newsroom))

SHOWN = ("waiting", "late", "open", "mine", "published", "closed")


@bp.errorhandler(NoKey)
def left_out(_error: NoKey) -> ResponseReturnValue:
    return page_of("tips/desk/left_out.html", written=request.form.get("text"), status=403)


@bp.get("/desk/tips")
@open_to(newsroom)
def inbox() -> ResponseReturnValue:
    me, key = my_key()
    show = request.args.get("show", "open")
    if show not in SHOWN:
        abort(400)
    found = list(db.session.scalars(Tip.inbox(me, show=show, before=asked_id("before"))))
    shown = found[: Tip.PAGE_SIZE]
    more = shown[-1].id if len(found) > Tip.PAGE_SIZE else None
    facts = facts_of(shown, me, key)
    return _inbox_page([(tip, facts[tip.id]) for tip in shown], show=show, more=more)


@bp.post("/desk/tips/search")
@open_to(newsroom)
def search() -> ResponseReturnValue:
    """Posted, so that what is looked for stands in no address and no log of a server. That
    somebody read through all tips stands in ours."""
    form, (me, key) = FindForm.posted(), my_key()
    if not form.validate():
        return _inbox_page([], show="", form=form)
    wanted, made = form.wanted(), gists.make(me, key)
    told = bool(wanted.words) and not is_noted(Act.SEARCH, by=member())
    if made or told:
        with writing():
            gists.keep(made, me)
            if told:
                note_act(Act.SEARCH, by=member())
    return _inbox_page([] if wanted.is_empty else find(wanted, me, key), show="", form=form)


@bp.get("/desk/tips/<id:id>")
@open_to(newsroom)
def tip(id: int) -> ResponseReturnValue:
    opened = opened_by_me(id)
    if not is_noted(Act.OPEN, by=member(), tip_id=id):
        with writing():
            opened = opened_by_me(id)
            note_act(Act.OPEN, by=member(), tip_id=id)
            opened.tip.mark_read()
    return tip_page(opened)


@bp.post("/desk/tips/<id:id>/reply")
@open_to(newsroom, body_max=FORM_BYTES, uploads=attachments.bytes_max, lists=("files",))
def reply(id: int) -> ResponseReturnValue:
    form, uploads = MessageForm.posted(), attachments.uploaded("files")
    if not form.validate() or not (form.text.data.strip() or uploads):
        form.text.errors = form.text.errors or [_("Write something, or attach a file.")]
        return tip_page(opened_by_me(id), reply_form=form, status=422)
    kept = [attachments.kept(upload) for upload in uploads[: Tip.FILES_MAX]]
    with writing():
        me, _key = my_key()
        sending.reply(opened_by_me(id), form.text.data, kept, by=me)
    return _back(id)


@bp.post("/desk/tips/<id:id>/note")
@open_to(newsroom, body_max=FORM_BYTES)
def note(id: int) -> ResponseReturnValue:
    form = NoteForm.posted()
    if not form.validate():
        return tip_page(opened_by_me(id), note_form=form, status=422)
    with writing():
        me, _key = my_key()
        sending.note(opened_by_me(id), form.text.data, by=me)
    return _back(id)


@bp.post("/desk/tips/<id:id>/describe")
@open_to(newsroom)
def describe(id: int) -> ResponseReturnValue:
    form = FactsForm.posted()
    if not form.validate():
        return tip_page(opened_by_me(id), facts_form=form, status=422)
    with writing():
        opened_by_me(id).replace(Purpose.DESK, "facts", form.facts())
    return _back(id)


@bp.post("/desk/tips/<id:id>/assign")
@open_to(newsroom)
def assign(id: int) -> ResponseReturnValue:
    """To a reader with a key of this tip, or to nobody."""
    with writing():
        tip = opened_by_me(id).tip
        wanted = request.form.get("reader", "")
        able = {str(reader.id): reader for reader in readers_of(tip)}
        if wanted and wanted not in able:
            abort(400)
        tip.assignee_id = able[wanted].user_id if wanted else None
        note_act(Act.ASSIGN, by=member(), tip_id=id, about=able[wanted].user if wanted else None)
    return _back(id)


@bp.post("/desk/tips/<id:id>/promise")
@open_to(newsroom)
def promise(id: int) -> ResponseReturnValue:
    """The source sees by which day there will be an answer."""
    form = DayForm.posted()
    if not form.validate():
        return tip_page(opened_by_me(id), promise_form=form, status=422)
    with writing():
        opened_by_me(id).tip.promised_on = form.day.data
    return _back(id)


@bp.post("/desk/tips/<id:id>/publish")
@open_to(newsroom)
def publish(id: int) -> ResponseReturnValue:
    form = LinkForm.posted()
    if not form.validate():
        return tip_page(opened_by_me(id), link_form=form, status=422)
    with writing():
        me, _key = my_key()
        sending.publish(opened_by_me(id), form.link.data, by=me)
    return _back(id)


@bp.post("/desk/tips/<id:id>/close")
@open_to(newsroom)
def close(id: int) -> ResponseReturnValue:
    with writing():
        opened_by_me(id).tip.state = State.CLOSED.value
    return _back(id)


@bp.post("/desk/tips/<id:id>/open")
@open_to(newsroom)
def open(id: int) -> ResponseReturnValue:
    with writing():
        opened_by_me(id).tip.state = State.OPEN.value
    return _back(id)


@bp.post("/desk/tips/<id:id>/hold")
@open_to(newsroom)
def hold(id: int) -> ResponseReturnValue:
    """Keep it beyond its time, for a reason and until a day; without a day, no longer."""
    form = HoldForm.posted()
    if not form.validate():
        return tip_page(opened_by_me(id), hold_form=form, status=422)
    with writing():
        me, _key = my_key()
        opened = opened_by_me(id)
        opened.tip.held_until = form.until
        opened.replace(Purpose.DESK, "hold", {"by": me.user.name, "text": form.reason.data})
        note_act(Act.HOLD, by=member(), tip_id=id)
    return _back(id)


@bp.post("/desk/tips/<id:id>/contact")
@open_to(newsroom)
def contact(id: int) -> ResponseReturnValue:
    """How to reach the source. That it was looked at stands in the log."""
    with writing():
        opened = opened_by_me(id)
        note_act(Act.CONTACT, by=member(), tip_id=id)
    return tip_page(opened, contact=plain(opened.newest("contact").get("text", "")))


@bp.post("/desk/tips/<id:id>/file")
@open_to(newsroom)
def file(id: int) -> ResponseReturnValue:
    with writing():
        opened = opened_by_me(id)
        note_act(Act.FILE, by=member(), tip_id=id)
    return download(opened, request.form.get("number", ""))


@bp.post("/desk/tips/<id:id>/let-in")
@open_to(newsroom)
def let_in(id: int) -> ResponseReturnValue:
    with writing():
        opened, members = opened_by_me(id), roster.members()
        reader = _named(members)
        opened.let_in(reader, roster=members)
        gists.forget(tip=opened.tip, reader=reader)
        note_act(Act.LET_IN, by=member(), tip_id=id, about=reader.user)
    return _back(id)


@bp.post("/desk/tips/<id:id>/shut-out")
@open_to(newsroom)
def shut_out(id: int) -> ResponseReturnValue:
    """A reader loses this tip: what comes later is under keys they never had. Whoever does not
    want to see it shuts themselves out, if a colleague can go on."""
    with writing():
        me, _key = my_key()
        opened, members = opened_by_me(id), roster.members()
        reader = _named(members)
        if not {*readers_of(opened.tip)} & {*members} - {reader}:
            abort(400)
        opened.shut_out(reader, roster=members)
        gists.forget(tip=opened.tip, reader=reader)
        note_act(Act.SHUT_OUT, by=member(), tip_id=id, about=reader.user)
        if opened.tip.assignee_id == reader.user_id:
            opened.tip.assignee_id = None
    return redirect(url_for(".inbox", notice="saved"), 303) if reader is me else _back(id)


@bp.post("/desk/tips/<id:id>/erase")
@open_to(newsroom)
def erase(id: int) -> ResponseReturnValue:
    if request.form.get("sure") != "yes":
        return tip_page(opened_by_me(id), sure=True, status=422)
    with writing():
        opened = opened_by_me(id)
        reason = "asked" if opened.tip.erasure_asked_on else "reader"
        keeping.erase(opened.tip, reason=reason, by=member())
    forget_log()
    return redirect(url_for(".inbox", notice="erased"), 303)


def _named(members: list[Reader]) -> Reader:
    """The one the form names."""
    id = request.form.get("reader", "")
    return next((reader for reader in members if str(reader.id) == id), None) or abort(400)


def _inbox_page(
    found: list[tuple[Tip, dict[str, Any]]], *, show: str, more: int | None = None, form: Any = None
) -> Response:
    me, _key = my_key()
    members = roster.members()
    alone = len(members) < 2
    return page_of(
        "tips/desk/inbox.html",
        tips=found,
        show=show,
        shows=SHOWN,
        more=more,
        form=form or FindForm.empty(),
        labels=sorted({label for _tip, facts in found for label in facts.get("labels", [])}),
        alone=alone,
        lonely=set() if alone else set(db.session.scalars(Grant.lonely())),
        listed=me in members,
    )


def _back(id: int) -> ResponseReturnValue:
    return redirect(url_for(".tip", id=id, notice="saved"), 303)

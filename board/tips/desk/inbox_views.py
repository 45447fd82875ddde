"""The readers' inbox: their tips, and looking for some."""

from typing import Any

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.db import db, writing
from board.tips.desk.forms import FindForm
from board.tips.desk.tip_page import facts_of
from board.tips.models.audit_log import AuditAction, is_logged_today
from board.tips.models.audit_log import append_entry as note_act
from board.tips.models.tip import Tip
from board.tips.readers import roster
from board.tips.readers.unlock_views import current_key
from board.tips.sealed import search_index
from board.tips.sealed.search import find
from board.tips.web.responses import no_store, render_page
from board.web.access import open_to, tip_readers
from board.web.forms import query_id

bp = Blueprint("tip_desk", __name__)
bp.after_request(no_store)

SHOWN = ("waiting", "late", "open", "mine", "published", "closed")


@bp.get("/desk/tips")
@open_to(tip_readers, query=("before", "show"))
def inbox() -> ResponseReturnValue:
    me, key = current_key()
    show = request.args.get("show", "open")
    if show not in SHOWN:
        abort(400)
    found = list(db.session.scalars(Tip.inbox(me, show=show, before=query_id("before"))))
    shown = found[: Tip.PAGE_SIZE]
    more = shown[-1].id if len(found) > Tip.PAGE_SIZE else None
    facts = facts_of(shown, me, key)
    return _inbox_page([(tip, facts[tip.id]) for tip in shown], show=show, more=more)


@bp.post("/desk/tips/search")
@open_to(tip_readers)
def search() -> ResponseReturnValue:
    """Posted, so that what is looked for stands in no address and no log of a server. That
    somebody read through all tips stands in ours."""
    form, (me, key) = FindForm.from_post(), current_key()
    if not form.validate():
        return _inbox_page([], show="", form=form)
    wanted, made = form.wanted(), search_index.build_entries(me, key)
    told = bool(wanted.words) and not is_logged_today(AuditAction.SEARCH, by=current_user())
    if made or told:
        with writing():
            search_index.save_entries(made, me)
            if told:
                note_act(AuditAction.SEARCH, by=current_user())
    return _inbox_page([] if wanted.is_empty else find(wanted, me, key), show="", form=form)


def _inbox_page(
    found: list[tuple[Tip, dict[str, Any]]], *, show: str, more: int | None = None, form: Any = None
) -> Response:
    me, _key = current_key()
    members = roster.members()
    alone = len(members) < 2
    return render_page(
        "tips/desk/inbox.html",
        tips=found,
        show=show,
        shows=SHOWN,
        more=more,
        form=form or FindForm.unbound(),
        labels=sorted({label for _tip, facts in found for label in facts.get("labels", [])}),
        alone=alone,
        lonely=set() if alone else set(db.session.scalars(Tip.single_reader())),
        listed=me in members,
    )

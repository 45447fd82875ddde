"""The inbox of tip readers, and search."""

from typing import Any

from flask import Blueprint, Response, abort, request
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.db import db, writing
from board.tips.desk.forms import SearchForm
from board.tips.desk.tip_page import facts_of
from board.tips.models import roster
from board.tips.models.audit_log import AuditAction, append_entry, is_logged_today
from board.tips.models.tip import Tip
from board.tips.readers.unlock_views import current_key
from board.tips.sealed import search_index
from board.tips.sealed.search import search_tips
from board.tips.web.responses import no_store, render_page
from board.web.access import open_to, tip_readers
from board.web.forms import query_id

bp = Blueprint("tip_desk", __name__)
bp.after_request(no_store)

TABS = ("waiting", "late", "open", "mine", "published", "closed")


@bp.get("/desk/tips")
@open_to(tip_readers, query=("before", "show"))
def inbox() -> ResponseReturnValue:
    me, key = current_key()
    show = request.args.get("show", "open")
    if show not in TABS:
        abort(400)
    rows = list(db.session.scalars(Tip.inbox(me, show=show, before=query_id("before"))))
    page = rows[: Tip.PAGE_SIZE]
    more = page[-1].id if len(rows) > Tip.PAGE_SIZE else None
    facts = facts_of(page, me, key)
    return _inbox_page([(tip, facts[tip.id]) for tip in page], show=show, more=more)


@bp.post("/desk/tips/search")
@open_to(tip_readers)
def search() -> ResponseReturnValue:
    """Search by POST, so that the query is in no address and no server log.

    That somebody searched all tips is logged.
    """
    form, (me, key) = SearchForm.from_post(), current_key()
    if not form.validate():
        return _inbox_page([], show="", form=form)
    query, entries = form.search_query(), search_index.build_entries(me, key)
    must_log = bool(query.words) and not is_logged_today(AuditAction.SEARCH, by=current_user())
    if entries or must_log:
        with writing():
            search_index.save_entries(entries, me)
            if must_log:
                append_entry(AuditAction.SEARCH, by=current_user())
    return _inbox_page([] if query.is_empty else search_tips(query, me, key), show="", form=form)


def _inbox_page(
    tips: list[tuple[Tip, dict[str, Any]]], *, show: str, more: int | None = None, form: Any = None
) -> Response:
    me, _key = current_key()
    members = roster.members()
    is_only_reader = len(members) < 2
    return render_page(
        "tips/desk/inbox.html",
        tips=tips,
        show=show,
        tabs=TABS,
        more=more,
        form=form or SearchForm.unbound(),
        labels=sorted({label for _tip, facts in tips for label in facts.get("labels", [])}),
        is_only_reader=is_only_reader,
        single_reader_ids=set() if is_only_reader else set(db.session.scalars(Tip.single_reader())),
        is_on_roster=me in members,
    )

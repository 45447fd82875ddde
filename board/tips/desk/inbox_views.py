"""The inbox of tip readers, and search."""

from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.accounts.auth.current_user import current_user
from board.db import db, writing
from board.tips.desk.forms import SearchForm
from board.tips.models import roster
from board.tips.models.audit_log import AuditAction, append_entry, is_logged_today
from board.tips.models.inbox import LISTS, ReadMark, inbox_page, unread_tips
from board.tips.models.tip import Tip
from board.tips.readers.unlock_views import current_key
from board.tips.sealed import search_index
from board.tips.sealed.search import search_tips
from board.tips.sealed.search_index import current_summaries
from board.tips.sealed.summary import Summary
from board.tips.web.responses import no_store, render_page
from board.tips.web.safe_text import defang
from board.web.access import open_to, tip_readers
from board.web.forms import query_id

bp = Blueprint("tip_desk", __name__)
bp.after_request(no_store)


@bp.get("/desk/tips")
@open_to(tip_readers, query=("before", "show"))
def inbox() -> ResponseReturnValue:
    me, key = current_key()
    show = request.args.get("show", "open")
    if show not in LISTS:
        abort(400)
    rows = db.session.execute(inbox_page(me, show=show, before=query_id("before"))).all()
    more = rows[Tip.PAGE_SIZE - 1][1] if len(rows) > Tip.PAGE_SIZE else None
    tips = [tip for tip, _last_word in rows[: Tip.PAGE_SIZE]]
    summaries = current_summaries(tips, me, key)
    listed = [(tip, summaries.get(tip.id, Summary())) for tip in tips]
    return _inbox_page(listed, show=show, more=more)


@bp.get("/desk/unread")
@open_to(tip_readers)
def unread() -> ResponseReturnValue:
    """Where an email leads, whose address tells nothing: to the one unread tip, or to all."""
    me, _key = current_key()
    unread = db.session.scalars(unread_tips(me).limit(2)).all()
    if len(unread) == 1:
        return redirect(url_for(".tip", id=unread[0].id, _anchor="newest"), 303)
    return redirect(url_for(".inbox", show="unread"), 303)


@bp.post("/desk/tips/search")
@open_to(tip_readers)
def search() -> ResponseReturnValue:
    """Search by POST, so that the query is in no address and no server log.

    That somebody searched all tips is logged.
    """
    form, (me, key) = SearchForm.from_post(), current_key()
    if not form.validate():
        return _inbox_page([], show="", form=form, status=422)
    query = form.search_query()
    if query.is_empty:
        form.q.errors = [_("Type a word, or choose a filter.")]
        return _inbox_page([], show="", form=form, status=422)
    entries = search_index.build_entries(me, key)
    must_log = bool(query.words) and not is_logged_today(AuditAction.SEARCH, by=current_user())
    if entries or must_log:
        with writing():
            search_index.save_entries(entries, me)
            if must_log:
                append_entry(AuditAction.SEARCH, by=current_user())
    return _inbox_page(search_tips(query, me, key), show="", form=form)


def _inbox_page(
    tips: list[tuple[Tip, Summary]],
    *,
    show: str,
    more: int | None = None,
    form: Any = None,
    status: int = 200,
) -> Response:
    me, _key = current_key()
    members = roster.members()
    is_only_reader = len(members) < 2
    form = form or SearchForm.unbound()
    return render_page(
        "tips/desk/inbox.html",
        status=status,
        tips=[_row(tip, summary, form.q.data or "") for tip, summary in tips],
        show=show,
        tabs=LISTS,
        more=more,
        form=form,
        labels=sorted({label for _tip, each in tips for label in each.facts.get("labels", [])}),
        unread=ReadMark.unread_counts(me, [tip for tip, _summary in tips]),
        is_only_reader=is_only_reader,
        single_reader_ids=set() if is_only_reader else set(db.session.scalars(Tip.single_reader())),
        is_on_roster=me in members,
    )


def _row(tip: Tip, summary: Summary, words: str) -> dict[str, Any]:
    """What the inbox shows of a tip, safe to look at; `snippet` only after a search for words."""
    snippet = summary.snippet(words)
    return {
        "tip": tip,
        "facts": summary.facts,
        "files": summary.files,
        "first_line": defang(summary.first_line),
        "snippet": snippet and [defang(part) for part in snippet],
    }

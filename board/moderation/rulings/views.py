"""Hide and restore from the thread, and the public moderation log."""

import csv
import io
from types import SimpleNamespace
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.accounts.roles.public_name import public_name
from board.articles.access import require_public
from board.comments.models import Comment
from board.comments.moderation_reasons import reason_label
from board.comments.page_context import conversation_page
from board.db import db, writing
from board.moderation.rulings import decisions
from board.moderation.rulings.forms import ReasonForm, RestoreForm
from board.moderation.rulings.labels import decision_notice
from board.moderation.rulings.models import Ruling
from board.web.access import everyone, moderators, open_to
from board.web.forms import query_id
from board.web.i18n import isoformat
from board.web.response.csv_cells import csv_cell

bp = Blueprint("moderation", __name__)
EXPORT_SIZE = 1000  # rulings in one JSON or CSV response


@bp.post("/comments/<id:id>/hide")
@open_to(moderators, query=("after",), cannot_wait=True)
def hide(id: int) -> ResponseReturnValue:
    form = ReasonForm.from_post()
    if not form.validate():
        return conversation_page(_comment(id), reason_error=form.first_error), 422
    with writing():
        comment = _comment(id)
        ruling = decisions.hide(comment, by=current_user(), **form.reason_and_note())
    return redirect(_comment_url(comment, decision_notice(comment, ruling)), 303)


@bp.post("/comments/<id:id>/restore")
@open_to(moderators)
def restore(id: int) -> ResponseReturnValue:
    form = RestoreForm.from_post()
    if not form.validate():
        return conversation_page(_comment(id), reason_error=form.first_error), 422
    with writing():
        comment = _comment(id)
        ruling = decisions.restore(comment, by=current_user(), **form.reason_and_note())
    return redirect(_comment_url(comment, decision_notice(comment, ruling)), 303)


@bp.get("/rulings")
@open_to(everyone, query=("before", "comment"))
def rulings() -> ResponseReturnValue:
    """All public decisions, or those on one comment that its thread lists."""
    comment = query_id("comment")
    if comment and not _comment(comment).listed:
        abort(404)
    if comment:
        require_public(_comment(comment).article)
    entries, more = _page(Ruling.PAGE_SIZE, comment)
    return render_template(
        "moderation/rulings/public_log.html", rulings=entries, more=more, comment=comment
    )


@bp.get("/rulings.json")
@open_to(everyone, query=("before",))
def rulings_json() -> ResponseReturnValue:
    """One page of the public log as JSON; `next` is the URL of earlier rulings, or null."""
    entries, more = _page(EXPORT_SIZE)
    earlier = url_for(".rulings_json", before=more) if more else None
    return {"rulings": [_row(ruling) for ruling in entries], "next": earlier}


@bp.get("/rulings.csv")
@open_to(everyone, query=("before",))
def rulings_csv() -> ResponseReturnValue:
    """The same as CSV. With a byte order mark, without which Excel reads it as CP949."""
    entries, more = _page(EXPORT_SIZE)
    table = io.StringIO("\ufeff")
    table.seek(0, io.SEEK_END)
    writer = csv.DictWriter(table, _COLUMNS)
    writer.writeheader()
    writer.writerows(
        {name: csv_cell(value) for name, value in _row(each).items()} for each in entries
    )
    response = Response(table.getvalue(), mimetype="text/csv")
    if more:
        response.headers["Link"] = f'<{url_for(".rulings_csv", before=more)}>; rel="next"'
    return response


def _page(size: int, comment: int | None = None) -> tuple[list[SimpleNamespace], int | None]:
    """`size` entries of the public log, and the id for ?before=, or None on the last page."""
    page = Ruling.newest(comment=comment, before=query_id("before"), size=size)
    rows = list(db.session.scalars(page))
    more = rows[size - 1].id if len(rows) > size else None
    return [_public(ruling) for ruling in rows[:size]], more


_COLUMNS = ("id", "verdict", "reason_code", "reason", "made_at", "moderator", "comment", "article")


def _row(ruling: SimpleNamespace) -> dict[str, Any]:
    values = (
        ruling.id, ruling.verdict, ruling.code, ruling.reason, isoformat(ruling.made_at),
        ruling.moderator_name, ruling.comment_id, ruling.article.slug if ruling.article else None,
    )  # fmt: skip
    return dict(zip(_COLUMNS, values, strict=True))


def _public(ruling: Ruling) -> SimpleNamespace:
    """A ruling without its subject: neither the name nor the text of the author, nor an article
    that readers do not see."""
    is_shown = ruling.article is None or ruling.article.is_public
    return SimpleNamespace(
        id=ruling.id,
        verdict=ruling.verdict,
        code=ruling.reason,
        reason=reason_label(ruling.reason, ruling.note),
        made_at=ruling.made_at,
        until=ruling.until,
        measures=ruling.detail.get("measures", []),
        seconds=ruling.detail.get("seconds", 0),
        sections=ruling.detail.get("sections", []),
        moderator_name=public_name(ruling.moderator) if ruling.moderator else None,
        comment_id=ruling.comment_id
        if is_shown and ruling.comment and ruling.comment.listed
        else None,
        article=ruling.article if is_shown else None,
        is_shown=is_shown,
    )


def _comment(id: int) -> Comment:
    comment: Comment = db.get_or_404(Comment, id)
    return comment


def _comment_url(comment: Comment, said: str) -> str:
    """URL of the comment, or its tombstone, in the conversation."""
    anchor = f"comment-{comment.id}"
    return url_for("comments.comment", id=comment.id, notice=said, _anchor=anchor)

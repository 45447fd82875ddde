"""Report a comment (신고), and withdraw the report."""

from collections.abc import Iterable

from flask import Blueprint, Flask, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import RadioField, StringField
from wtforms.validators import Length

from board.accounts.auth.current_user import current_user, viewer
from board.accounts.models import User
from board.comments.error_messages import headers, message_for, status
from board.comments.models import Comment
from board.comments.moderation_reasons import report_reasons
from board.comments.page_context import conversation_page, listed_comment
from board.comments.thread.public_comment import PublicComment, ids_of
from board.comments.thread.query import load_public
from board.comments.views.return_path import (
    comment_or_way_back,
    redirect_back,
    return_path_of_page,
)
from board.comments.writing.errors import Refused
from board.db import writing
from board.moderation.reports import models as reports
from board.moderation.reports.models import Report
from board.web.access import everyone, members, open_to
from board.web.forms import Form
from board.web.page_cache.validity import cache_for_article

bp = Blueprint("reports", __name__)


class ReportForm(Form):
    reason = RadioField(_("Reason"), choices=report_reasons)
    note = StringField(_("Further details"), [Length(max=Report.NOTE_MAX)])


TOO_MANY = _("You’ve reached today’s report limit.")


def init_app(app: Flask) -> None:
    app.add_template_global(reported_by_viewer)


def reported_by_viewer(comments: Iterable[PublicComment]) -> frozenset[int]:
    """Ids of these comments and replies that the viewer has reported: they are collapsed."""
    if not isinstance(user := viewer(), User):
        return frozenset()
    return reports.reported_by(user, ids_of(comments))


@bp.get("/comments/<id:id>/report")
@open_to(everyone, query=("next", "reason"))
def report_form(id: int) -> ResponseReturnValue:
    """Guests choose a reason, are told why it takes an account, and come back here."""
    comment = comment_or_way_back(id)
    if not isinstance(comment, Comment):
        return comment
    cache_for_article(comment.article.id, comment.article.revision)
    labels = dict(report_reasons())
    reason = request.args.get("reason", "")
    reason = reason if reason in labels else ""
    next = return_path_of_page(id)
    return render_template(
        "moderation/reports/report.html",
        article=comment.article,
        target=load_public(comment),
        reason=reason,
        reason_label=labels.get(reason),
        form_url=url_for(".report_form", id=id, next=next, reason=reason or None),
        next=next,
    )


@bp.post("/comments/<id:id>/report")
@open_to(members, query=("after",))
def report(id: int) -> ResponseReturnValue:
    form = ReportForm.from_post()
    if not form.validate():
        error = str(_NO_REASON) if form.reason.errors else str(form.note.errors[0])
        return conversation_page(listed_comment(id), error=error), 422
    try:
        comment, _report = report_comment(id, form)
    except Refused as refusal:
        page = conversation_page(listed_comment(id), error=message_for(refusal))
        return page, status(refusal), headers(refusal)
    return redirect_back(id, "reported") or redirect(_next_url(comment, "reported"), 303)


def report_comment(id: int, form: ReportForm) -> tuple[Comment, Report]:
    """What a valid form does, for pages and for the API. Raises a subclass of Refused."""
    config = current_app.config
    with writing():
        comment = listed_comment(id)
        stored = reports.report(
            comment,
            by=current_user(),
            reason=form.reason.data,
            note=form.note.data or "",
            per_day=config["REPORTS_PER_DAY"],
            queue_weight=config["REPORTS_TO_QUEUE"],
        )
    return comment, stored


@bp.post("/comments/<id:id>/unreport")
@open_to(members)
def withdraw(id: int) -> ResponseReturnValue:
    with writing():
        comment = listed_comment(id)
        reports.withdraw(comment, by=current_user())
    return redirect(_next_url(comment, "unreported"), 303)


_NO_REASON = _("Please choose a reason.")


def _next_url(comment: Comment, notice: str) -> str:
    """The conversation, or the article if the comment is no longer visible."""
    if comment.is_visible:
        anchor = f"comment-{comment.id}"
        return url_for("comments.comment", id=comment.id, notice=notice, _anchor=anchor)
    slug = comment.article.slug
    return url_for("comments.article", slug=slug, notice=notice, _anchor="thread")

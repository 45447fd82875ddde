"""Pages to edit a comment (수정) and to read its earlier versions."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.articles.thread_controls.labels import page_thread_state
from board.comments.error_messages import headers, message_for, status
from board.comments.forms import EditForm
from board.comments.models import Comment
from board.comments.page_context import can_see_thread, edit_window, listed_comment
from board.comments.views.submissions import edit_comment, own_comment_to_edit
from board.comments.writing import edit as writing_edit
from board.comments.writing.diff import history
from board.comments.writing.edit import EditedElsewhere
from board.comments.writing.errors import Refused
from board.web.access import everyone, members, open_to
from board.web.page_cache.validity import cache_for_article

bp = Blueprint("edits", __name__)


@bp.get("/comments/<id:id>/edit")
@open_to(members)
def edit_form(id: int) -> ResponseReturnValue:
    comment = own_comment_to_edit(id)
    refusal = writing_edit.edit_refusal(comment, by=current_user(), window=edit_window())
    page = _edit_page(comment, EditForm.for_comment(comment), refusal=refusal)
    return page, status(refusal) if refusal else 200


@bp.post("/comments/<id:id>/edit")
@open_to(members)
def edit(id: int) -> ResponseReturnValue:
    form = EditForm.from_post()
    if not form.validate():
        return _edit_page(own_comment_to_edit(id), form), 422
    if form.preview.data:
        return _edit_page(own_comment_to_edit(id), form)
    try:
        edit_comment(id, form)
    except Refused as refusal:
        page = _edit_page(own_comment_to_edit(id), form, refusal=refusal)
        return page, status(refusal), headers(refusal)
    return redirect(
        url_for("comments.comment", id=id, notice="edited", _anchor=f"comment-{id}"), 303
    )


@bp.get("/comments/<id:id>/revisions")
@open_to(everyone)
def revisions(id: int) -> ResponseReturnValue:
    comment = listed_comment(id)
    is_shown = can_see_thread(page_thread_state(comment.article))
    if not (is_shown and comment.is_visible and comment.edited_at):
        abort(404)
    cache_for_article(comment.article.id, comment.article.revision)
    return render_template(
        "comments/revisions.html",
        article=comment.article,
        comment=comment,
        versions=history(comment.versions),
    )


def _edit_page(comment: Comment, form: EditForm, *, refusal: Refused | None = None) -> str:
    """The edit form, or only its text when nothing can be saved any more."""
    current_html = None
    if isinstance(refusal, EditedElsewhere):
        current_html, form.version.data = comment.markup, len(comment.revisions)
    if refusal:
        form.body.errors = [message_for(refusal)]
    closed = writing_edit.edit_refusal(comment, by=current_user(), window=edit_window())
    return render_template(
        "comments/edit.html",
        article=comment.article,
        thread_state=page_thread_state(comment.article),
        comment=comment,
        form=form,
        current_html=current_html,
        closed_message=message_for(closed) if closed else None,
    )

"""Deletion of an article with its thread: asked first, and taken back for a week."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import BooleanField
from wtforms.validators import DataRequired

from board.accounts.auth.current_user import current_user
from board.articles.editing import lifecycle
from board.articles.editing.responses import article_to_edit, redirect_to_edit_form
from board.articles.models import Article
from board.comments.writing.erasure import thread_counts
from board.db import now, writing
from board.web.access import editors, open_to
from board.web.forms import Form

bp = Blueprint("article_deletion", __name__)


class DeleteArticleForm(Form):
    sure = BooleanField(
        _("Delete the article and its comments"),
        [DataRequired(_("Tick this to delete the article."))],
    )


@bp.get("/desk/articles/<slug>/delete")
@open_to(editors)
def delete_form(slug: str) -> ResponseReturnValue:
    return _form_page(slug, DeleteArticleForm.unbound())


@bp.post("/desk/articles/<slug>/delete")
@open_to(editors, cannot_wait=True)
def delete(slug: str) -> ResponseReturnValue:
    form = DeleteArticleForm.from_post()
    if not form.validate():
        return _form_page(slug, form), 422
    with writing():
        article = article_to_edit(slug)
        lifecycle.delete(article, by=current_user())
    return redirect_to_edit_form(article, "article_deleted")


@bp.post("/desk/articles/<slug>/undelete")
@open_to(editors)
def undelete(slug: str) -> ResponseReturnValue:
    with writing():
        article = article_to_edit(slug)
        lifecycle.undelete(article, by=current_user())
        if article.erase_at:
            abort(409)
    return redirect_to_edit_form(article, "undeleted")


def _form_page(slug: str, form: DeleteArticleForm) -> str:
    article = article_to_edit(slug)
    return render_template(
        "comments/delete_article.html",
        article=article,
        counts=thread_counts(article),
        erase_at=now() + Article.ERASED_AFTER,
        form=form,
    )

"""Deletion of an article with its thread: asked first, and taken back for a week."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms import BooleanField
from wtforms.validators import DataRequired

from board.accounts.auth.current_user import current_user
from board.articles.editing import lifecycle
from board.articles.models import Article
from board.comments.writing.erasure import thread_counts
from board.db import db, now, writing
from board.web.access import editors, open_to
from board.web.forms import Form
from board.web.response.notices import notice

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
@open_to(editors)
def delete(slug: str) -> ResponseReturnValue:
    form = DeleteArticleForm.from_post()
    if not form.validate():
        return _form_page(slug, form), 422
    with writing():
        article = _article(slug)
        lifecycle.delete(article, by=current_user())
    return _to_edit_form(article, "article_deleted")


@bp.post("/desk/articles/<slug>/undelete")
@open_to(editors)
def undelete(slug: str) -> ResponseReturnValue:
    with writing():
        article = _article(slug)
        lifecycle.undelete(article, by=current_user())
        if article.erase_at:
            abort(409)
    return _to_edit_form(article, "undeleted")


def _to_edit_form(article: Article, code: str) -> ResponseReturnValue:
    said = notice(code, title=article.title)
    return redirect(url_for("articles.edit_form", slug=article.slug, notice=said), 303)


def _article(slug: str) -> Article:
    article: Article = db.one_or_404(Article.by_slug(slug))
    return article if article.erased_at is None else abort(404)


def _form_page(slug: str, form: DeleteArticleForm) -> str:
    article = _article(slug)
    return render_template(
        "comments/delete_article.html",
        article=article,
        counts=thread_counts(article),
        erase_at=now() + Article.ERASED_AFTER,
        form=form,
    )

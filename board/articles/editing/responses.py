"""The article that a desk view changes, and the way back to its form."""

from flask import abort, redirect, url_for
from flask.typing import ResponseReturnValue

from board.articles.models import Article
from board.db import db
from board.web.response.notices import notice


def article_to_edit(slug: str) -> Article:
    """The article with this slug. 404 also for an erased one, of which nothing can be edited."""
    article: Article = db.one_or_404(Article.by_slug(slug))
    return article if article.erased_at is None else abort(404)


def redirect_to_edit_form(article: Article, code: str) -> ResponseReturnValue:
    """Lead to the form of the article, with the notice of this code."""
    said = notice(code, title=article.title)
    return redirect(url_for("articles.edit_form", slug=article.slug, notice=said), 303)

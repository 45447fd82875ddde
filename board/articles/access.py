"""Who may see an article that is not public."""

from flask import abort
from sqlalchemy import bindparam

from board.articles.models import Article
from board.articles.publication import Publishable, State, is_public
from board.db import db, now
from board.web.access import editors_and_moderators, is_allowed

# Built once: building it takes longer than running it.
_BY_SLUG = Article.by_slug(bindparam("slug"))


def article_for_viewer(slug: str) -> Article:
    """The article with this slug, or what require_public() answers; 404 if there is none."""
    article: Article | None = db.session.execute(_BY_SLUG, {"slug": slug}).scalar_one_or_none()
    if article is None:
        abort(404)
    require_public(article)
    return article


def require_public(article: Publishable) -> None:
    """Answer 404 for an article that readers do not see yet, 410 for one they see no more.

    Editors and moderators see all, at the same address: that is the preview.
    """
    if is_public(article, now()) or is_allowed(editors_and_moderators):
        return
    abort(410 if article.state == State.WITHDRAWN else 404)

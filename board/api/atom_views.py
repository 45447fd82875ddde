"""Atom feeds (RFC 4287) of the newest comments, for feed readers and other programs."""

import re
from collections.abc import Sequence
from typing import Any

from flask import Blueprint, Response, current_app, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.api.newest_comments import featured_comments, newest_comments
from board.articles.access import article_for_viewer
from board.articles.models import Article
from board.articles.sharing import absolute
from board.articles.thread_controls.labels import page_thread_state
from board.articles.thread_controls.state import not_stopped
from board.db import db
from board.web.access import everyone, open_to
from board.web.page_cache.validity import cache_for_article, cache_until

bp = Blueprint("feeds", __name__)

ATOM = "application/atom+xml"
# Characters XML 1.0 does not allow. Stored text is normalized and has none, but a single one would
# make the whole feed unreadable for good.
_INVALID_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@bp.get("/feed.atom")
@open_to(everyone)
def board() -> ResponseReturnValue:
    title = _("%(site)s: latest comments", site=current_app.config["SITE_NAME"])
    return _feed(None, title=title, page=url_for("articles.front"), this=url_for(".board"))


@bp.get("/articles/<slug>/feed.atom")
@open_to(everyone)
def thread(slug: str) -> ResponseReturnValue:
    article = article_for_viewer(slug)
    cache_for_article(article.id, article.revision)
    title = _("Comments: %(title)s", title=article.title)
    page = url_for("comments.article", slug=slug)
    return _feed(article, title=title, page=page, this=url_for(".thread", slug=slug))


def _entries(article: Article | None) -> Sequence[Any]:
    """The newest comments, and of a thread the featured ones too; none of a thread hidden as a
    whole."""
    if article:
        return _entries_of(article) if page_thread_state(article).is_shown else []
    are_shown, until = not_stopped()
    cache_until(until)
    return db.session.execute(newest_comments().where(are_shown)).all()


def _entries_of(article: Article) -> Sequence[Any]:
    newest = db.session.execute(newest_comments(article)).all()
    if not article.featured_count:
        return newest
    ids = {entry.id for entry in newest}
    featured = db.session.execute(featured_comments(article))
    return [*newest, *(entry for entry in featured if entry.id not in ids)]


def _feed(article: Article | None, *, title: str, page: str, this: str) -> Response:
    entries = _entries(article)
    # <updated> of an empty feed: the article's date, never the current time.
    dates = [entry.updated_at for entry in entries] or [article and article.published_at]
    xml = render_template(
        "api/feed.xml",
        title=title,
        page=absolute(page),
        this=absolute(this),
        entries=entries,
        updated=max(dates),
        absolute=absolute,
    )
    return Response(_INVALID_XML.sub("", xml), mimetype=ATOM)

"""A thread for pages of other sites: a fragment for scripts, the same with JSON-LD for servers, and
an address that leads to the article here."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale

from board.accounts.sites.models import Site
from board.api.embed.json_ld import thread_json_ld
from board.articles.addresses import InvalidAddress
from board.articles.models import Article
from board.articles.sharing import absolute
from board.articles.site_articles import find_article
from board.articles.thread_controls.labels import page_thread_state
from board.comments.models import Comment
from board.comments.page_context import conversation_context, cursor_from_query, thread_context
from board.comments.thread import query
from board.comments.thread.public_comment import ids_of
from board.comments.thread.sort import Sort
from board.comments.thread.sort_order import sort_from_query
from board.db import db, now
from board.web.access import everyone_as_guest, open_to
from board.web.forms import query_id
from board.web.i18n import LANGUAGES
from board.web.page_cache.validity import cache_for_article, cache_for_site, cache_until
from board.web.request.embed_mount import PREFIX

bp = Blueprint("embed", __name__)

UNKNOWN_FOR = timedelta(seconds=60)  # until an article that is not here is looked for again
_ARTICLE = ("id", "url")
_THREAD = ("site", *_ARTICLE, "comment", "sort", "before", "after")


@bp.get(f"{PREFIX}/thread")
@open_to(everyone_as_guest, query=_THREAD)
def thread() -> ResponseReturnValue:
    site = _site()
    with _language_of(site):
        return render_template("api/embed/thread.html", site=site, **_context(site))


@bp.get(f"{PREFIX}/include")
@open_to(everyone_as_guest, query=_THREAD)
def include() -> ResponseReturnValue:
    site = _site()
    with _language_of(site):
        context = _context(site)
        return render_template(
            "api/embed/include.html",
            site=site,
            id=request.args.get("id"),
            url=request.args.get("url"),
            json_ld=context["article"] and thread_json_ld(**context),
            **context,
        )


@bp.get("/at/<key>")
@open_to(everyone_as_guest, query=_ARTICLE)
def page(key: str) -> ResponseReturnValue:
    """Lead to the page of the article."""
    article = _article(_site_with_key(key)) or abort(404)
    return redirect(url_for("comments.article", slug=article.slug, _anchor="thread"), 303)


def _site() -> Site:
    return _site_with_key(request.args.get("site", ""))


def _site_with_key(key: str) -> Site:
    site: Site | None = db.session.scalar(Site.with_key(key))
    return site or abort(404)


@contextmanager
def _language_of(site: Site) -> Iterator[None]:
    """That of the address, else that of the site."""
    asked = request.args.get("lang")
    with force_locale(asked if asked in LANGUAGES else site.language):
        yield


def _article(site: Site) -> Article | None:
    """The article that is asked for, if readers see it; 400 for what can be no id or address."""
    id, url = request.args.get("id", ""), request.args.get("url", "")
    if len(id) > Article.EXTERNAL_ID_MAX or not (id or url):
        abort(400)
    try:
        article = find_article(site, id=id, url=url)
    except InvalidAddress:
        abort(400)
    return article if article and article.is_public else None


def _context(site: Site) -> dict[str, Any]:
    article = _article(site)
    cache_for_site(site.id, site.revision)
    if article is None:
        cache_until(now() + UNKNOWN_FOR)
        return {"article": None}
    cache_for_article(article.id, article.revision)
    sort = Sort.LATEST if page_thread_state(article).is_latest_only else sort_from_query()
    context = thread_context(article, sort=sort, before=cursor_from_query(sort))
    return {
        "article": article,
        "address": article.canonical_url
        or absolute(url_for("comments.article", slug=article.slug)),
        "form": None,
        "linked": _linked(article, context),
        **context,
    }


def _linked(article: Article, context: dict[str, Any]) -> dict[str, Any] | None:
    """The conversation of ?comment=, if the comment is not among those on the page."""
    id = query_id("comment")
    shown = {*ids_of(context["comments"])}
    comment = db.session.get(Comment, id) if id and id not in shown else None
    if not comment or comment.article_id != article.id or not comment.listed:
        return None
    if not context["is_shown"]:
        return None
    return {"target": query.load_public(comment), **conversation_context(comment)}

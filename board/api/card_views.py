"""Comment card: one comment as a small page for a frame on any site; and oEmbed 1.0, by which other
sites find it."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, abort, current_app, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from board.articles.models import Article
from board.articles.sharing import absolute
from board.articles.thread_controls.labels import page_thread_state
from board.comments.models import Comment
from board.comments.page_context import listed_comment
from board.comments.thread.query import load_public
from board.db import db
from board.web.access import everyone_as_guest, open_to
from board.web.forms import ROW_ID
from board.web.page_cache.validity import cache_for_article
from board.web.response.headers import allow_framing

bp = Blueprint("cards", __name__)

TYPES = {"json": "application/json+oembed", "xml": "text/xml+oembed"}
WIDTH, HEIGHT = 550, 220  # CSS pixels, unless less is asked for
CACHE_SECONDS = 300
_PATH = re.compile(rf"/comments/({ROW_ID})/?")
_FRAGMENT = re.compile(rf"comment-({ROW_ID})")
_ARTICLE_PATH = re.compile(r"/articles/([^/]+)/?")
_PIXELS = re.compile(r"[1-9][0-9]{0,4}")


def init_app(app: Flask) -> None:
    app.add_template_global(oembed_links)


def oembed_links(page: str) -> list[tuple[str, str]]:
    """Media type and address of each oEmbed answer about the comment on this page."""
    return [
        (type, absolute(url_for("cards.oembed", url=page, format=format)))
        for format, type in TYPES.items()
    ]


@bp.get("/comments/<id:id>/card")
@open_to(everyone_as_guest)
def card(id: int) -> ResponseReturnValue:
    comment = listed_comment(id)
    cache_for_article(comment.article.id, comment.article.revision)
    allow_framing()
    return render_template(
        "api/card.html",
        article=comment.article,
        comment=load_public(comment),
        is_shown=page_thread_state(comment.article).is_shown,
    )


@bp.get("/oembed")
@open_to(everyone_as_guest, query=("url", "format", "maxwidth", "maxheight"))
def oembed() -> ResponseReturnValue:
    """400 for an invalid size, 401 for a comment that readers may not see, 404 for an address
    of no comment, 501 for an unknown format, as the standard says."""
    format = request.args.get("format", "json")
    if format not in TYPES:
        abort(501)
    width, height = _size("maxwidth", WIDTH), _size("maxheight", HEIGHT)
    comment = _comment_at(request.args.get("url", "")) or abort(404)
    if not _is_readable(comment):
        abort(401)
    cache_for_article(comment.article.id, comment.article.revision)
    fields = _fields(comment, width, height)
    if format == "json":
        return fields
    return Response(render_template("api/oembed.xml", fields=fields), mimetype="text/xml")


def _size(name: str, largest: int) -> int:
    asked = request.args.get(name, str(largest))
    return min(int(asked), largest) if _PIXELS.fullmatch(asked) else abort(400)


def _comment_at(url: str) -> Comment | None:
    """The comment at its own address, or in the fragment of the address of its article."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    own = urlsplit(absolute("/"))
    is_ours = (parts.scheme, parts.netloc) == (own.scheme, own.netloc)
    if is_ours and (path := _PATH.fullmatch(parts.path)):
        return db.session.get(Comment, int(path[1]))
    fragment = _FRAGMENT.fullmatch(parts.fragment)
    comment = db.session.get(Comment, int(fragment[1])) if fragment else None
    return comment if comment and _is_address_of(comment.article, url, is_ours) else None


def _is_address_of(article: Article, url: str, is_ours: bool) -> bool:
    parts = urlsplit(url)
    if is_ours and (path := _ARTICLE_PATH.fullmatch(parts.path)):
        return path[1] == article.slug
    return parts._replace(fragment="").geturl() == article.canonical_url


def _is_readable(comment: Comment) -> bool:
    """404 for what its author deleted, or that was never public."""
    article = comment.article
    if comment.deleted_at or not article.was_public:
        abort(404)
    return comment.is_visible and article.is_public and page_thread_state(article).is_shown


def _fields(comment: Comment, width: int, height: int) -> dict[str, Any]:
    page = absolute(url_for("comments.comment", id=comment.id))
    title = _("Comment by %(name)s", name=comment.author.name) + f" – {comment.article.title}"
    return {
        "version": "1.0",
        "type": "rich",
        "provider_name": current_app.config["SITE_NAME"],
        "provider_url": absolute(url_for("articles.front")),
        "title": title,
        "author_name": comment.author.name,
        "cache_age": CACHE_SECONDS,
        "width": width,
        "height": height,
        "html": render_template(
            "api/card_frame.html", page=page, card=absolute(url_for(".card", id=comment.id)),
            title=title, article=comment.article, width=width, height=height,
        ),
    }  # fmt: skip

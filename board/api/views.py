"""The same reads for programs, as JSON. Documented in docs/api.md."""

import re
from collections.abc import Iterable
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from board import kept
from board.access import everyone, open_to
from board.articles.models import Article
from board.articles.sharing import absolute
from board.comments import thread as threads
from board.comments.models import Comment
from board.comments.pages import asked_comment, asked_sort
from board.comments.reasons import reason_label
from board.comments.thread import Shown, Sort
from board.db import db

bp = Blueprint("api", __name__, url_prefix="/api/v1")

ARTICLES_MAX = 100
ROOTS_MAX = 50
_USUAL = (Sort.LATEST, Comment.PAGE_SIZE)


@bp.get("/articles/<slug>/comments")
@open_to(everyone)
def comments(slug: str) -> ResponseReturnValue:
    article: Article = db.one_or_404(Article.by_slug(slug))
    kept.about(article.id, article.revision)
    sort, size = asked_sort(), _asked_size()
    page = threads.thread_page(article, sort=sort, before=asked_comment("before"), size=size)
    return {
        "article": {
            "slug": article.slug,
            "title": article.title,
            "url": absolute(url_for("comments.article", slug=slug)),
            "comment_count": article.comment_count,
            "takes_comments": article.takes_comments,
        },
        "sort": sort.value,
        "comments": _list(page.comments),
        "next": page.more and absolute(_following(slug, sort, size, page.more)),
    }


@bp.get("/counts")
@open_to(everyone, lists=("article",))
def counts() -> ResponseReturnValue:
    slugs = request.args.getlist("article")
    if not 0 < len(slugs) <= ARTICLES_MAX:
        abort(400, "count")
    query = select(Article.slug, Article.comment_count).where(Article.slug.in_(slugs))
    return {"counts": {row.slug: row.comment_count for row in db.session.execute(query)}}


@bp.after_request
def _open(response: Response) -> Response:
    """Any site may read; nothing here depends on who asks, so no credentials are ever needed."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _list(comments: Iterable[Shown]) -> list[dict[str, Any]]:
    return [_comment(comment) for comment in comments]


def _comment(shown: Shown) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": shown.id,
        "url": absolute(url_for("comments.comment", id=shown.id)),
        "posted_at": shown.posted_at.isoformat(),
        "gone": shown.gone,
    }
    if shown.gone is None:
        told["author"] = {"id": shown.author_id, "name": shown.author_name}
        told["html"] = shown.html
        told["like_count"], told["dislike_count"] = shown.like_count, shown.dislike_count
    elif shown.gone == "hidden":
        told["reason"] = reason_label(shown.hidden_for, shown.hidden_note)
    if shown.is_reply:
        told["to"] = {"id": shown.to_id, "name": shown.to_name} if shown.to_id else None
    else:
        told["reply_count"] = shown.reply_count
        told["replies"] = _list(shown.replies)
    return told


def _following(slug: str, sort: Sort, size: int, before: int) -> str:
    asked: dict[str, Any] = {}
    if (sort, size) != _USUAL:
        asked = {"sort": sort.value, "limit": size}
    return url_for(".comments", slug=slug, before=before, **asked)


def _asked_size() -> int:
    """?limit=: how many root comments, 20 when not said."""
    value = request.args.get("limit", str(Comment.PAGE_SIZE))
    if not re.fullmatch("[1-9][0-9]?", value) or int(value) > ROOTS_MAX:
        abort(400)
    return int(value)

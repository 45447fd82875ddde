"""The same reads for programs, as JSON. Documented in docs/api.md."""

import json
import re
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, bindparam, select

from board.articles.models import Article
from board.articles.sharing import absolute
from board.articles.thread_controls.labels import (
    page_thread_state,
    page_thread_states,
    restriction_text,
)
from board.articles.thread_controls.models import HAS_RESTRICTIONS, RestrictionKind
from board.articles.thread_controls.state import ThreadState
from board.comments.models import Comment
from board.comments.moderation_reasons import reason_label
from board.comments.page_context import cursor_from_query, sort_from_query
from board.comments.thread.query import CommentPage, PublicComment, newest_ids, thread_page
from board.comments.thread.sort import Sort
from board.db.read_connections import read_connection
from board.web.access import everyone, open_to
from board.web.page_cache.validity import cache_for_article

bp = Blueprint("api", __name__, url_prefix="/api/v1")

ARTICLES_MAX = 100
ROOTS_MAX = 50
_USUAL = (Sort.LATEST, Comment.PAGE_SIZE)
_article = Article.__table__.c
_ARTICLE = select(
    _article.id,
    _article.slug,
    _article.title,
    _article.comment_count,
    _article.revision,
    _article.section,
    _article.closed_at,
    HAS_RESTRICTIONS.label("is_restricted"),
).where(_article.slug == bindparam("slug"))
_COUNTS = select(
    _article.id,
    _article.slug,
    _article.comment_count,
    _article.section,
    _article.closed_at,
    HAS_RESTRICTIONS.label("is_restricted"),
).where(_article.slug.in_(bindparam("slugs", expanding=True)))
_STATES = {
    RestrictionKind.STOP: "withdrawn",
    RestrictionKind.FREEZE: "read_only",
    RestrictionKind.CLOSE: "closed",
}


@bp.get("/articles/<slug>/comments")
@open_to(everyone, query=("before", "limit", "sort"))
def comments(slug: str) -> ResponseReturnValue:
    sort, size = sort_from_query(), _asked_size()
    with read_connection():
        article = _asked_article(slug)
        course = page_thread_state(article)
        if course.is_latest_only:
            sort = Sort.LATEST
        before = cursor_from_query(sort)
        page = CommentPage([])
        if course.is_shown:
            page = thread_page(article.id, sort=sort, before=before, size=size)
    site = absolute("")
    address = site + url_for("comments.comment", id=0).removesuffix("0")
    told = {
        "article": {
            "slug": article.slug,
            "title": article.title,
            "url": site + url_for("comments.article", slug=article.slug),
            "comment_count": article.comment_count if course.is_shown else 0,
            "takes_comments": course.takes_comments,
        },
        **({"steering": _steering(course)} if course.measures else {}),
        "sort": sort.value,
        "next": page.more and site + _following(article.slug, sort, size, page.more),
        "comments": [_told(comment, address) for comment in page.comments],
    }
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"))
    return Response(text, mimetype="application/json")


@bp.get("/articles/<slug>/comments/newest")
@open_to(everyone)
def newest(slug: str) -> ResponseReturnValue:
    """The same for every reader: each counts those above the newest on their own page, and sees
    whether the thread is still steered as it says there."""
    article = _asked_article(slug)
    course = page_thread_state(article)
    return {
        "newest": newest_ids(article.id) if course.is_shown else [],
        **({"steered": course.fingerprint} if course.fingerprint else {}),
    }


@bp.get("/counts")
@open_to(everyone, lists=("article",), query=("article",))
def counts() -> ResponseReturnValue:
    slugs = request.args.getlist("article")
    if not 0 < len(slugs) <= ARTICLES_MAX:
        abort(400, "count")
    with read_connection() as connection:
        found = connection.execute(_COUNTS, {"slugs": slugs}).all()
    steered = page_thread_states(found)
    shown = {row.slug: row.comment_count if steered[row.id].is_shown else 0 for row in found}
    states = {row.slug: _STATES[door] for row in found if (door := steered[row.id].closed_by)}
    return {"counts": shown, **({"states": states} if states else {})}


def _steering(course: ThreadState) -> dict[str, Any]:
    """How the thread is steered: what programs ask, and what readers are told."""
    return {
        "state": _STATES[course.closed_by] if course.closed_by else "open",
        "holds": course.holds,
        "slow_seconds": course.seconds,
        "latest_only": course.is_latest_only,
        "folded": course.is_folded,
        "told": [
            {
                "measures": [measure.value for measure in measures],
                "says": [restriction_text(measure, act.seconds) for measure in measures],
                "reason": act.reason,
                "until": act.ends_at and act.ends_at.isoformat(),
            }
            for act, measures in course.notices
        ],
    }


@bp.after_request
def _open(response: Response) -> Response:
    """Any site may read; nothing here depends on who asks, so no credentials are ever needed."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _asked_article(slug: str) -> Row[*tuple[Any, ...]]:
    with read_connection() as connection:
        article = connection.execute(_ARTICLE, {"slug": slug}).one_or_none() or abort(404)
    cache_for_article(article.id, article.revision)
    return article


def _told(shown: PublicComment, address: str) -> dict[str, Any]:
    """One comment with its replies; `address` is that of any comment, up to the id."""
    told: dict[str, Any] = {
        "id": shown.id,
        "url": f"{address}{shown.id}",
        "posted_at": shown.posted_at.isoformat(),
        "gone": shown.tombstone,
    }
    if shown.tombstone is None:
        told["author"] = {"id": shown.author_id, "name": shown.author_name}
        told["html"] = shown.html
        told["edited_at"] = shown.edited_at and shown.edited_at.isoformat()
        told["like_count"], told["dislike_count"] = shown.like_count, shown.dislike_count
    elif shown.tombstone == "hidden":
        told["reason"] = reason_label(shown.hidden_for, shown.hidden_note)
    if shown.is_reply:
        told["to"] = {"id": shown.to_id, "name": shown.to_name} if shown.to_id else None
    else:
        told["reply_count"] = shown.reply_count
        told["replies"] = [_told(reply, address) for reply in shown.replies]
    return told


def _following(slug: str, sort: Sort, size: int, before: int | str) -> str:
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

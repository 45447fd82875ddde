"""Public JSON API: threads, newest comments and counts. Documented in docs/api.md."""

import json
import re
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Row, bindparam, select

from board.articles.access import require_public
from board.articles.models import Article
from board.articles.publication import is_public
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
from board.comments.page_context import CURSOR, cursor_from_query
from board.comments.thread.public_comment import CommentPage, PublicComment
from board.comments.thread.query import featured, newest_ids, thread_page
from board.comments.thread.sort import Sort
from board.comments.thread.sort_order import sort_from_query
from board.db import now
from board.db.read_connections import read_connection
from board.web.access import everyone, open_to
from board.web.page_cache.validity import cache_for_article

bp = Blueprint("api", __name__, url_prefix="/api/v1")

ARTICLES_MAX = 100
ROOTS_MAX = 50
_DEFAULT_PAGE = (Sort.LATEST, Comment.PAGE_SIZE)
_article = Article.__table__.c
_ARTICLES = select(
    _article.id,
    _article.slug,
    _article.comment_count,
    _article.featured_count,
    _article.section,
    _article.closed_at,
    _article.state,
    _article.published_at,
    HAS_RESTRICTIONS.label("is_restricted"),
)
_COUNTS = _ARTICLES.where(_article.slug.in_(bindparam("slugs", expanding=True)))
_ARTICLE = _ARTICLES.add_columns(_article.title, _article.revision).where(
    _article.slug == bindparam("slug")
)
_STATES = {
    RestrictionKind.STOP: "withdrawn",
    RestrictionKind.FREEZE: "read_only",
    RestrictionKind.CLOSE: "closed",
}


@bp.get("/articles/<slug>/comments")
@open_to(everyone, query=("before", "limit", "sort"))
def comments(slug: str) -> ResponseReturnValue:
    _refuse_unknown_values()
    sort, size = sort_from_query(), _limit_from_query()
    with read_connection():
        article = _load_article(slug)
        state = page_thread_state(article)
        if state.is_latest_only:
            sort = Sort.LATEST
        before = cursor_from_query(sort)
        page, top = CommentPage([]), tuple[PublicComment, ...]()
        if state.is_shown:
            page = thread_page(article.id, sort=sort, before=before, size=size)
        if state.is_shown and article.featured_count and not before:
            top = featured(article.id)
    base_url = absolute(url_for("comments.comment", id=0)).removesuffix("0")
    payload = {
        "article": _article_as_dict(article, state),
        **({"steering": _restrictions(state)} if state.measures else {}),
        "sort": sort.value,
        "next": page.more and absolute(_next_url(article.slug, sort, size, page.more)),
        **({"featured": [_as_dict(comment, base_url) for comment in top]} if top else {}),
        "comments": [_as_dict(comment, base_url) for comment in page.comments],
    }
    text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
    return Response(text, mimetype="application/json")


@bp.get("/articles/<slug>/comments/newest")
@open_to(everyone)
def newest(slug: str) -> ResponseReturnValue:
    """The newest ids and the thread state, the same for every reader.

    The script of a page counts ids newer than its newest comment, and compares the restrictions.
    """
    article = _load_article(slug)
    state = page_thread_state(article)
    return {
        "newest": newest_ids(article.id) if state.is_shown else [],
        **({"steered": state.fingerprint} if state.fingerprint else {}),
    }


@bp.get("/counts")
@open_to(everyone, multi_fields=("article",), query=("article",))
def counts() -> ResponseReturnValue:
    slugs = request.args.getlist("article")
    if not 0 < len(slugs) <= ARTICLES_MAX:
        abort(400, "count")
    with read_connection() as connection:
        rows = connection.execute(_COUNTS, {"slugs": slugs}).all()
    states = page_thread_states(rows)  # of all, so that the page is renewed when one appears
    rows = [row for row in rows if is_public(row, now())]
    counts = {row.slug: row.comment_count if states[row.id].is_shown else 0 for row in rows}
    closed = {row.slug: _STATES[kind] for row in rows if (kind := states[row.id].closed_by)}
    return {"counts": counts, **({"states": closed} if closed else {})}


def _restrictions(state: ThreadState) -> dict[str, Any]:
    """The restrictions in force, and the notices readers see."""
    return {
        "state": _STATES[state.closed_by] if state.closed_by else "open",
        "holds": state.holds,
        "slow_seconds": state.seconds,
        "latest_only": state.is_latest_only,
        "folded": state.is_folded,
        "told": [
            {
                "measures": [measure.value for measure in measures],
                "says": [restriction_text(measure, restriction.seconds) for measure in measures],
                "reason": restriction.reason,
                "until": restriction.ends_at and restriction.ends_at.isoformat(),
            }
            for restriction, measures in state.notices
        ],
    }


def _article_as_dict(article: Row[*tuple[Any, ...]], state: ThreadState) -> dict[str, Any]:
    return {
        "slug": article.slug,
        "title": article.title,
        "url": absolute(url_for("comments.article", slug=article.slug)),
        "comment_count": article.comment_count if state.is_shown else 0,
        "takes_comments": state.takes_comments,
    }


def _load_article(slug: str) -> Row[*tuple[Any, ...]]:
    with read_connection() as connection:
        article = connection.execute(_ARTICLE, {"slug": slug}).one_or_none() or abort(404)
    require_public(article)
    cache_for_article(article.id, article.revision)
    return article


def _as_dict(comment: PublicComment, base_url: str) -> dict[str, Any]:
    """One comment with its replies; `base_url` is the URL of a comment without its id."""
    payload: dict[str, Any] = {
        "id": comment.id,
        "url": f"{base_url}{comment.id}",
        "posted_at": comment.posted_at.isoformat(),
        "gone": comment.tombstone,
    }
    if comment.tombstone is None:
        payload["author"] = {"id": comment.author_id, "name": comment.author_name}
        if comment.badges:
            payload["author"]["badges"] = comment.badges
        if comment.is_featured:
            payload["featured"] = True
        payload["html"] = comment.html
        payload["edited_at"] = comment.edited_at and comment.edited_at.isoformat()
        payload["like_count"], payload["dislike_count"] = comment.like_count, comment.dislike_count
    elif comment.tombstone == "hidden":
        payload["reason"] = reason_label(comment.hidden_for, comment.hidden_note)
    if comment.is_reply:
        payload["to"] = {"id": comment.to_id, "name": comment.to_name} if comment.to_id else None
    else:
        payload["reply_count"] = comment.reply_count
        payload["replies"] = [_as_dict(reply, base_url) for reply in comment.replies]
    return payload


def _next_url(slug: str, sort: Sort, size: int, before: int | str) -> str:
    arguments: dict[str, Any] = {}
    if (sort, size) != _DEFAULT_PAGE:
        arguments = {"sort": sort.value, "limit": size}
    return url_for(".comments", slug=slug, before=before, **arguments)


def _refuse_unknown_values() -> None:
    """400 for a ?sort= or ?before= that a page for readers would ignore: a program has a fault."""
    sort, before = request.args.get("sort"), request.args.get("before")
    if sort is not None and sort not in list(Sort):
        abort(400)
    if before is not None and not CURSOR.fullmatch(before):
        abort(400)


def _limit_from_query() -> int:
    """?limit=: the number of root comments, 20 by default; 400 if invalid."""
    value = request.args.get("limit", str(Comment.PAGE_SIZE))
    if not re.fullmatch("[1-9][0-9]?", value) or int(value) > ROOTS_MAX:
        abort(400)
    return int(value)

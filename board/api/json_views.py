"""Public JSON API: threads, newest comments and counts. Documented in docs/api.md."""

import re
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask.typing import ResponseReturnValue
from msgspec import UNSET
from sqlalchemy import Row, bindparam, select

from board.api import schemas
from board.api.encoding import STATES, article_json, comment_base_url, comment_json, steering_json
from board.api.operation import answer, describe
from board.api.parameters import (
    ARTICLES_MAX,
    CURSOR_PARAMETER,
    ID,
    LIMIT,
    ROOTS_MAX,
    SLUGS,
    SORT,
    cursor_comment,
)
from board.articles.access import require_public
from board.articles.models import Article
from board.articles.publication import is_public
from board.articles.sharing import absolute
from board.articles.thread_controls.labels import page_thread_state, page_thread_states
from board.articles.thread_controls.models import HAS_RESTRICTIONS
from board.comments.models import Comment
from board.comments.page_context import CURSOR, cursor_from_query, listed_comment
from board.comments.thread.public_comment import CommentPage, PublicComment
from board.comments.thread.query import (
    conversation,
    featured,
    load_public,
    newest_ids,
    thread_page,
)
from board.comments.thread.sort import Sort
from board.comments.thread.sort_order import sort_from_query
from board.db import now
from board.db.read_connections import read_connection
from board.web.access import everyone, open_to
from board.web.page_cache.validity import cache_for_article

bp = Blueprint("api", __name__, url_prefix="/api/v1")

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


@bp.get("/articles/<slug>/comments")
@open_to(everyone, query=("before", "limit", "sort"))
@describe(
    "A page of a thread",
    gives={200: schemas.ThreadJson},
    query={"sort": SORT, "limit": LIMIT, "before": CURSOR_PARAMETER},
    problems=(404, 410),
)
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
    base_url = comment_base_url()
    next = absolute(_next_url(article.slug, sort, size, page.more)) if page.more else None
    value = schemas.ThreadJson(
        article=article_json(article, state),
        sort=sort.value,
        next=next,
        comments=[comment_json(comment, base_url) for comment in page.comments],
        steering=steering_json(state),
    )
    if top:
        value.featured = [comment_json(comment, base_url) for comment in top]
    return answer(value, next=next)


@bp.get("/comments/<id:id>")
@open_to(everyone, query=("after",))
@describe(
    "A comment",
    gives={200: schemas.ConversationJson},
    query={"after": ID},
    problems=(404, 410),
)
def comment(id: int) -> ResponseReturnValue:
    found = listed_comment(id)
    cache_for_article(found.article.id, found.article.revision)
    state = page_thread_state(found.article)
    if not state.is_shown:
        abort(410)
    shown, more = load_public(found), None
    if not shown.is_reply:
        shown, page = conversation(found, after=cursor_comment("after"))
        more = page.more
    next = absolute(url_for(".comment", id=id, after=more)) if more else None
    value = comment_json(shown, comment_base_url())
    return answer(
        schemas.ConversationJson(article_json(found.article, state), value, next), next=next
    )


@bp.get("/articles/<slug>/comments/newest")
@open_to(everyone)
@describe("The newest comments", gives={200: schemas.NewestJson}, problems=(404, 410))
def newest(slug: str) -> ResponseReturnValue:
    """The newest ids and the thread state, the same for every reader.

    The script of a page counts ids newer than its newest comment, and compares the restrictions.
    """
    article = _load_article(slug)
    state = page_thread_state(article)
    value = schemas.NewestJson(newest_ids(article.id) if state.is_shown else [])
    value.steered = state.fingerprint or UNSET
    return answer(value)


@bp.get("/counts")
@open_to(everyone, multi_fields=("article",), query=("article",))
@describe("Numbers of comments", gives={200: schemas.CountsJson}, query={"article": SLUGS})
def counts() -> ResponseReturnValue:
    slugs = request.args.getlist("article")
    if not 0 < len(slugs) <= ARTICLES_MAX:
        abort(400, "count")
    with read_connection() as connection:
        rows = connection.execute(_COUNTS, {"slugs": slugs}).all()
    states = page_thread_states(rows)  # of all, so that the page is renewed when one appears
    rows = [row for row in rows if is_public(row, now())]
    counts = {row.slug: row.comment_count if states[row.id].is_shown else 0 for row in rows}
    closed: Any = {row.slug: STATES[kind] for row in rows if (kind := states[row.id].closed_by)}
    return answer(schemas.CountsJson(counts, closed or UNSET))


def _load_article(slug: str) -> Row[*tuple[Any, ...]]:
    with read_connection() as connection:
        article = connection.execute(_ARTICLE, {"slug": slug}).one_or_none() or abort(404)
    require_public(article)
    cache_for_article(article.id, article.revision)
    return article


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

"""Caches of thread pages and comment HTML, shared by all viewers, keyed by article `revision`."""

from collections.abc import Iterable
from functools import lru_cache

from flask import Flask, g
from flask_babel import get_locale
from markupsafe import Markup

from board.comments.models import Comment
from board.comments.thread import profile, query
from board.comments.thread.public_comment import CommentPage, PublicComment, authors_of, ids_of
from board.comments.thread.sort import Cursor, Sort
from board.runtime.app import current_app_object


def thread_page(
    article_id: int,
    revision: int,
    *,
    sort: Sort,
    before: Cursor | None = None,
    size: int = Comment.PAGE_SIZE,
) -> CommentPage:
    """Read again when `revision` has changed."""
    return _thread_page(current_app_object(), article_id, revision, sort, before, size)


@lru_cache(maxsize=64)
def _thread_page(
    _app: Flask, article_id: int, _revision: int, sort: Sort, before: Cursor | None, size: int
) -> CommentPage:
    return query.thread_page(article_id, sort=sort, before=before, size=size)


def featured_comments(article_id: int, revision: int) -> tuple[PublicComment, ...]:
    """The featured comments of a thread. Only for articles that have some."""
    return _featured_comments(current_app_object(), article_id, revision)


@lru_cache(maxsize=64)
def _featured_comments(_app: Flask, article_id: int, _revision: int) -> tuple[PublicComment, ...]:
    return query.featured(article_id)


def newest_id(article_id: int, revision: int) -> int:
    """The id of the newest visible comment; 0 if there is none."""
    return _newest_id(current_app_object(), article_id, revision)


@lru_cache(maxsize=512)
def _newest_id(_app: Flask, article_id: int, _revision: int) -> int:
    return next(iter(query.newest_ids(article_id, limit=1)), 0)


def comment_html(
    comment: PublicComment,
    takes_comments: bool,
    target: int | None = None,
    blocked: frozenset[int] = frozenset(),
    reported: frozenset[int] = frozenset(),
    own_hidden: Iterable[tuple[int, int | None]] = (),
) -> Markup:
    """One comment with its replies; `target` is the id of the comment the page is about.

    Comments by authors in `blocked` and comments in `reported` are collapsed; those in
    `own_hidden` say that they are the viewer's, and link to the appeal against the ruling. Without
    any, the HTML is the same for every viewer.
    """
    if "comment_cache_context" not in g:  # the same for every comment of a page
        app = current_app_object()
        settings = (
            app.config["DISLIKES"],
            bool(app.config["EDIT_WINDOW_MINUTES"]),
            profile.profiles_are_on(),
        )
        g.comment_cache_context = (app, str(get_locale()), *settings)
    blocked_here = blocked.intersection(authors_of([comment])) if blocked else blocked
    ids = frozenset(ids_of([comment])) if reported or own_hidden else reported
    own_here = tuple((id, ruling) for id, ruling in own_hidden if id in ids)
    key = (comment, takes_comments, target, blocked_here, reported & ids, own_here)
    return _comment_html(*g.comment_cache_context, *key)


@lru_cache(maxsize=1024)
def _comment_html(
    app: Flask,
    _language: str,
    dislikes_are_on: bool,
    edits_are_on: bool,
    profiles_are_on: bool,
    comment: PublicComment,
    takes_comments: bool,
    target: int | None,
    blocked: frozenset[int],
    reported: frozenset[int],
    own_hidden: tuple[tuple[int, int | None], ...],
) -> Markup:
    """Depends on its parameters alone, so a new comment leaves the others cached."""
    html = app.jinja_env.get_template("comments/thread/_comment.html").render(
        comment=comment,
        takes_comments=takes_comments,
        target=target,
        blocked=blocked,
        reported=reported,
        own_hidden=dict(own_hidden),
        dislikes_are_on=dislikes_are_on,
        edits_are_on=edits_are_on,
        profiles_are_on=profiles_are_on,
    )
    return Markup(html)  # noqa: S704 - the output of an autoescaping template

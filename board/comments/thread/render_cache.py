"""What is made of a thread once for everyone, and kept while its article's `revision` stands."""

from functools import lru_cache

from flask import Flask, g
from flask_babel import get_locale
from markupsafe import Markup

from board.comments.models import Comment
from board.comments.thread import query as threads
from board.comments.thread.query import CommentPage, PublicComment, authors_of, ids_of
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
    """Read again when `revision` says that the thread has changed."""
    return _thread_page(current_app_object(), article_id, revision, sort, before, size)


@lru_cache(maxsize=64)
def _thread_page(
    _app: Flask, article_id: int, _revision: int, sort: Sort, before: Cursor | None, size: int
) -> CommentPage:
    return threads.thread_page(article_id, sort=sort, before=before, size=size)


def newest_id(article_id: int, revision: int) -> int:
    """Of the comments everyone can see; 0 when there are none."""
    return _newest_id(current_app_object(), article_id, revision)


@lru_cache(maxsize=512)
def _newest_id(_app: Flask, article_id: int, _revision: int) -> int:
    return next(iter(threads.newest_ids(article_id, most=1)), 0)


def comment_html(
    comment: PublicComment,
    takes_comments: bool,
    target: int | None = None,
    muted: frozenset[int] = frozenset(),
    reported: frozenset[int] = frozenset(),
) -> Markup:
    """One comment with its replies, on the page about `target` if that is about one.

    Folded where somebody in `muted` wrote, and where it is one of those `reported`; the same as
    everyone's where neither is.
    """
    if "where_comments_stand" not in g:  # the same for every comment of a page
        app = current_app_object()
        are_on = app.config["DISLIKES"], bool(app.config["EDIT_WINDOW_MINUTES"])
        g.where_comments_stand = (app, str(get_locale()), *are_on)
    folded = muted.intersection(authors_of([comment])) if muted else muted
    away = reported.intersection(ids_of([comment])) if reported else reported
    asked = (comment, takes_comments, target, folded, away)
    return _comment_html(*g.where_comments_stand, *asked)


@lru_cache(maxsize=1024)
def _comment_html(
    app: Flask,
    _language: str,
    dislikes_are_on: bool,
    edits_are_on: bool,
    comment: PublicComment,
    takes_comments: bool,
    target: int | None,
    muted: frozenset[int],
    reported: frozenset[int],
) -> Markup:
    """Made of what is named here and nothing else, so a new comment leaves the others as made."""
    html = app.jinja_env.get_template("comments/thread/_comment.html").render(
        comment=comment,
        takes_comments=takes_comments,
        target=target,
        muted=muted,
        reported=reported,
        dislikes_are_on=dislikes_are_on,
        edits_are_on=edits_are_on,
    )
    return Markup(html)  # noqa: S704 - the output of an autoescaping template

"""The pages of a thread: put together for one viewer around what is the same for all."""

import re
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from flask import abort, current_app, render_template, request, url_for

from board.accounts.auth.current_user import viewer
from board.accounts.models import User
from board.articles.models import Article
from board.articles.sharing import absolute, json_ld, share_links
from board.articles.thread_controls.labels import page_thread_state
from board.articles.thread_controls.state import ThreadState
from board.comments.forms import CommentForm
from board.comments.models import Comment
from board.comments.readers.blocks import blocked_by
from board.comments.readers.own_comments import PendingComment, pending_comments
from board.comments.readers.reactions import reactions_of
from board.comments.thread import query as threads
from board.comments.thread.query import CommentPage, authors_of, ids_of
from board.comments.thread.render_cache import newest_id, thread_page
from board.comments.thread.sort import Cursor, Sort, cursor_of
from board.comments.writing import edit
from board.db import db
from board.web.access import is_allowed, members, moderators
from board.web.forms import ROW_ID, query_id

_CURSOR = re.compile(rf"({ROW_ID})(?:~([0-9]{{1,18}}(?:\.[0-9]{{1,20}})?(?:e-[0-9]{{1,2}})?))?")


def listed_comment(id: int) -> Comment:
    """A comment that stands in its thread, as text or tombstone; or one that never did, for its
    author and those who decide about it."""
    comment: Comment = db.get_or_404(Comment, id)
    if not (comment.listed or (comment.deleted_at is None and _may_see_unlisted(comment))):
        abort(404)
    return comment


def _may_see_unlisted(comment: Comment) -> bool:
    return is_allowed(moderators) or comment.author_id == viewer().id


def comment_from_query(name: str) -> Comment | None:
    """The comment a page starts from."""
    id = query_id(name)
    comment: Comment | None = db.get_or_404(Comment, id) if id else None
    return comment


def cursor_from_query(sort: Sort) -> Cursor | None:
    """The place a page of a thread starts after: `before` is the id of a comment, and may say what
    decided its place, as the link to the page did."""
    value = request.args.get("before")
    if value is None:
        return None
    if not (cursor := _CURSOR.fullmatch(value)):
        abort(400)
    id, first = cursor.groups()
    return cursor_of(sort, int(id), float(first) if first else None) or abort(404)


def sort_from_query() -> Sort:
    """The order asked for, newest first when none is."""
    try:
        return Sort(request.args.get("sort", Sort.LATEST))
    except ValueError:
        abort(400)


def can_see_thread(course: ThreadState) -> bool:
    """Where comments are withdrawn, those who decide about them see them still."""
    return course.is_shown or viewer().can_moderate


def article_page(
    article: Article, form: CommentForm | None = None, *, sort: Sort = Sort.LATEST
) -> str:
    """The article, its tools, the box with what `form` holds, and the first page of comments."""
    url = absolute(url_for("comments.article", slug=article.slug))
    return render_template(
        "comments/article.html",
        article=article,
        **thread_context(article, sort=sort),
        form=form or new_comment_form(article),
        share=share_links(article.title, url),
        json_ld=json_ld(article, url, comment_count=_count_shown(article)),
        canonical=url,
        description=article.summary,
        image=absolute(article.image) if article.image else None,
    )


def conversation_page(
    target: Comment,
    *,
    form: CommentForm | None = None,
    reason_error: str | None = None,
    refused: str | None = None,
) -> str:
    """A root with its replies, and what this viewer may do with `target`."""
    root = target.root_or_self
    after = comment_from_query("after")
    start = target if _is_far_down(target) else None
    shown_root, page = threads.conversation(root, start=start, after=after)
    is_own = viewer().id == target.author_id and target.deleted_at is None
    mine = reactions_of_viewer([*ids_of([shown_root]), target.id])
    is_kept_back = not target.is_visible and target.deleted_at is None
    muted = blocked_by_viewer({target.author_id, *authors_of([shown_root])})
    course = page_thread_state(target.article)
    return render_template(
        "comments/comment.html",
        article=target.article,
        course=course,
        is_shown=can_see_thread(course),
        root=shown_root,
        target=threads.load_public(target),
        form=form or new_comment_form(target.article, parent=target),
        mine=mine,
        muted=muted,
        choice=mine.get(target.id) if target.is_visible else None,
        refused=refused,
        may_edit=_may_edit(target),
        may_delete=is_own,
        may_mute=members(viewer()) and target.is_visible and not is_own,
        may_hide=viewer().can_moderate and target.is_visible,
        may_restore=viewer().can_moderate and is_kept_back and target.hidden_for is not None,
        reason_error=reason_error,
        kept_back=target if is_kept_back and _may_see_unlisted(target) else None,
        more=page.more,
        earlier=bool(after or start),
        canonical=absolute(url_for("comments.comment", id=target.id)),
    )


def _count_shown(article: Article) -> int:
    return article.comment_count if page_thread_state(article).is_shown else 0


def edit_window() -> timedelta:
    """How long after posting an author may edit."""
    return timedelta(minutes=current_app.config["EDIT_WINDOW_MINUTES"])


def _may_edit(comment: Comment) -> bool:
    author = viewer()
    is_own = isinstance(author, User) and author.id == comment.author_id
    return is_own and edit.edit_refusal(comment, by=comment.author, window=edit_window()) is None


def thread_context(article: Article, *, sort: Sort, before: Cursor | None = None) -> dict[str, Any]:
    """What the template of a thread asks for: what is the same for all, and what only this
    viewer's."""
    course = page_thread_state(article)
    is_shown = can_see_thread(course)
    page = CommentPage([])
    if is_shown:
        page = thread_page(article.id, article.revision, sort=sort, before=before)
    newest = newest_id(article.id, article.revision) if is_shown else 0
    return {
        "course": course,
        "is_shown": is_shown,
        "comments": page.comments,
        "sort": sort,
        "before": before,
        "more": page.more,
        "newest_id": newest,
        "mine": reactions_of_viewer(ids_of(page.comments)),
        "muted": blocked_by_viewer(authors_of(page.comments)),
        "held": pending_of_viewer(article),
    }


def blocked_by_viewer(people: Iterable[int]) -> frozenset[int]:
    """Which of these people this viewer mutes."""
    if not isinstance(reader := viewer(), User):
        return frozenset()
    return blocked_by(reader, people)


def reactions_of_viewer(comment_ids: Iterable[int]) -> dict[int, str]:
    """This viewer's reactions to these comments: "like" or "dislike" by comment id."""
    if not isinstance(reader := viewer(), User):
        return {}
    return reactions_of(reader, comment_ids)


def pending_of_viewer(article: Article) -> list[PendingComment]:
    """This viewer's own comments here that nobody else can see yet, newest first."""
    if not isinstance(reader := viewer(), User):
        return []
    return pending_comments(reader, article)


def _is_far_down(comment: Comment) -> bool:
    root = comment.root
    return root is not None and root.reply_count > Comment.PAGE_SIZE


def new_comment_form(article: Article, *, parent: Comment | None = None) -> CommentForm | None:
    writable = page_thread_state(article).takes_comments and (parent is None or parent.is_visible)
    if not writable or not viewer().is_authenticated:
        return None
    return CommentForm.new(parent=parent.id if parent else None)

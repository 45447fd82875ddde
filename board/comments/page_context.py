"""Template context of thread, article and comment pages: shared content plus the viewer's own."""

import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from flask import abort, current_app, render_template, request, url_for

from board.accounts.auth.current_user import viewer
from board.accounts.models import User
from board.articles.access import require_public
from board.articles.models import Article
from board.articles.sharing import absolute, json_ld, share_links
from board.articles.thread_controls.labels import page_thread_state
from board.articles.thread_controls.state import ThreadState
from board.comments.forms import CommentForm
from board.comments.models import Comment
from board.comments.thread import query
from board.comments.thread.public_comment import CommentPage, PublicComment, authors_of, ids_of
from board.comments.thread.render_cache import featured_comments, newest_id, thread_page
from board.comments.thread.sort import Cursor, Sort, cursor_of
from board.comments.viewer.viewer_data import (
    blocked_by_viewer,
    pending_of_viewer,
    reactions_of_viewer,
)
from board.comments.writing import edit
from board.db import db
from board.web.access import editors, is_allowed, members, moderators
from board.web.forms import ROW_ID, query_id

CURSOR = re.compile(rf"({ROW_ID})(?:~([0-9]{{1,18}}(?:\.[0-9]{{1,20}})?(?:e-[0-9]{{1,2}})?))?")


def listed_comment(id: int) -> Comment:
    """A comment listed in its thread, as text or tombstone, or 404; 410 under a withdrawn article.

    One that is not listed, or whose article is not public, is shown only to its author and to
    moderators.
    """
    comment: Comment = db.get_or_404(Comment, id)
    if comment.author_id != viewer().id:
        require_public(comment.article)
    if not (comment.listed or (comment.deleted_at is None and _may_see_unlisted(comment))):
        abort(404)
    return comment


def _may_see_unlisted(comment: Comment) -> bool:
    return is_allowed(moderators) or comment.author_id == viewer().id


def comment_from_query(name: str) -> Comment | None:
    """The comment named by this query parameter, where a page starts; 404 if there is none."""
    id = query_id(name)
    comment: Comment | None = db.get_or_404(Comment, id) if id else None
    return comment


def cursor_from_query(sort: Sort) -> Cursor | None:
    """?before=: the cursor a page starts after, a comment id and perhaps its sort value (`7~0.5`).

    None if it is no cursor, 404 if there is no such comment.
    """
    if not (cursor := CURSOR.fullmatch(request.args.get("before", ""))):
        return None
    id, shown_value = cursor.groups()
    return cursor_of(sort, int(id), float(shown_value) if shown_value else None) or abort(404)


def can_see_thread(thread_state: ThreadState) -> bool:
    """Moderators still see a thread that is hidden as a whole."""
    return thread_state.is_shown or moderators(viewer())


def article_page(
    article: Article, form: CommentForm | None = None, *, sort: Sort = Sort.LATEST
) -> str:
    """The article, its share links, the comment form (`form` if given) and the first comments."""
    url = absolute(url_for("comments.article", slug=article.slug))
    return render_template(
        "comments/article.html",
        article=article,
        **thread_context(article, sort=sort),
        form=form or new_comment_form(article),
        share=share_links(article.title, url),
        json_ld=json_ld(article, url, comment_count=_public_comment_count(article)),
        canonical=url,
        description=article.summary,
        image=absolute(article.image) if article.image else None,
    )


def conversation_page(
    target: Comment,
    *,
    form: CommentForm | None = None,
    reason_error: str | None = None,
    error: str | None = None,
) -> str:
    """A root with its replies, and what this viewer may do with `target`."""
    is_withheld = not target.is_visible and target.deleted_at is None
    return render_template(
        "comments/comment.html",
        article=target.article,
        target=query.load_public(target),
        form=form or new_comment_form(target.article, parent=target),
        error=error,
        reason_error=reason_error,
        withheld=target if is_withheld and _may_see_unlisted(target) else None,
        canonical=absolute(url_for("comments.comment", id=target.id)),
        **conversation_context(target),
        **_permissions(target),
    )


def conversation_context(target: Comment) -> dict[str, Any]:
    """The root with a page of replies, the thread state, and the viewer's reactions and blocks."""
    after = comment_from_query("after")
    start = target if _is_past_first_page(target) else None
    root, page = query.conversation(target.root_or_self, start=start, after=after)
    thread_state = page_thread_state(target.article)
    own_reactions = reactions_of_viewer([*ids_of([root]), target.id])
    return {
        "thread_state": thread_state,
        "is_shown": can_see_thread(thread_state),
        "root": root,
        "more": page.more,
        "has_earlier": bool(after or start),
        "own_reactions": own_reactions,
        "own_reaction": own_reactions.get(target.id) if target.is_visible else None,
        "blocked": blocked_by_viewer({target.author_id, *authors_of([root])}),
    }


def _permissions(target: Comment) -> dict[str, bool]:
    """What this viewer may do with a comment."""
    is_own = viewer().id == target.author_id and target.deleted_at is None
    is_hidden = target.hidden_for is not None and target.deleted_at is None
    return {
        "may_edit": _may_edit(target),
        "may_delete": is_own,
        "may_block": members(viewer()) and target.is_visible and not is_own,
        "may_hide": moderators(viewer()) and target.is_visible,
        "may_feature": editors(viewer()) and target.is_visible,
        "may_restore": moderators(viewer()) and is_hidden,
    }


def _public_comment_count(article: Article) -> int:
    return article.comment_count if page_thread_state(article).is_shown else 0


def edit_window() -> timedelta:
    """How long after posting an author may edit."""
    return timedelta(minutes=current_app.config["EDIT_WINDOW_MINUTES"])


def _may_edit(comment: Comment) -> bool:
    author = viewer()
    is_own = isinstance(author, User) and author.id == comment.author_id
    return is_own and edit.edit_refusal(comment, by=comment.author, window=edit_window()) is None


def thread_context(article: Article, *, sort: Sort, before: Cursor | None = None) -> dict[str, Any]:
    """Template context of a thread: shared content, and the viewer's reactions, blocks and pending
    comments."""
    thread_state = page_thread_state(article)
    is_shown = can_see_thread(thread_state)
    page = CommentPage([])
    featured: Sequence[PublicComment] = ()
    if is_shown:
        page = thread_page(article.id, article.revision, sort=sort, before=before)
    if is_shown and article.featured_count and not before:
        featured = featured_comments(article.id, article.revision)
    newest = newest_id(article.id, article.revision) if is_shown else 0
    return {
        "thread_state": thread_state,
        "is_shown": is_shown,
        "comments": page.comments,
        "featured": featured,
        "sort": sort,
        "before": before,
        "more": page.more,
        "newest_id": newest,
        "own_reactions": reactions_of_viewer(ids_of(page.comments)),
        "blocked": blocked_by_viewer(authors_of([*featured, *page.comments])),
        "pending_comments": pending_of_viewer(article),
    }


def _is_past_first_page(comment: Comment) -> bool:
    """Whether a reply may be beyond the first page of its conversation."""
    root = comment.root
    return root is not None and root.reply_count > Comment.PAGE_SIZE


def new_comment_form(article: Article, *, parent: Comment | None = None) -> CommentForm | None:
    """A form to comment or reply; None for guests and where no comment can be posted."""
    is_open = page_thread_state(article).takes_comments and (parent is None or parent.is_visible)
    if not is_open or not viewer().is_authenticated:
        return None
    return CommentForm.new(parent=parent.id if parent else None)

"""The article with its thread, one conversation, posting, deleting, one's own comments."""

import re
from collections.abc import Iterable, Iterator
from datetime import timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from markupsafe import Markup

from board import kept
from board.access import everyone, member, open_to, readers, viewer
from board.accounts.models import User
from board.articles.models import Article
from board.articles.sharing import absolute, json_ld, share_links
from board.comments import finding, posting
from board.comments import thread as threads
from board.comments.body import Body
from board.comments.forms import CommentForm, SearchForm, new_key, reason_label, reasons
from board.comments.models import Comment
from board.comments.posting import Limits, Refused
from board.comments.reactions import Reaction
from board.comments.refusals import headers, status, why
from board.comments.thread import Page, Shown, Sort
from board.db import db, writing
from board.forms import ROW_ID

bp = Blueprint("comments", __name__)
bp.add_app_template_global(reason_label)
bp.add_app_template_global(reasons)


@bp.get("/articles/<slug>")
@open_to(everyone)
def article(slug: str) -> ResponseReturnValue:
    article = _article(slug)
    kept.about(article.id, article.revision)
    return article_page(article, sort=asked_sort())


@bp.get("/articles/<slug>/comments")
@open_to(everyone)
def thread(slug: str) -> ResponseReturnValue:
    article = _article(slug)
    kept.about(article.id, article.revision)
    return render_template(
        "comments/thread.html",
        article=article,
        **_thread(article, sort=asked_sort(), before=asked_comment("before")),
        form=_form(article),
        canonical=absolute(url_for(".article", slug=slug)),
    )


@bp.post("/articles/<slug>/comments")
@open_to(readers)
def post(slug: str) -> ResponseReturnValue:
    form = CommentForm.posted()
    if not form.validate():
        return _refused_page(slug, form), 422
    body = Body.of(form.body.data)
    try:
        with writing():
            comment = posting.post(
                _article(slug),
                by=member(),
                body=body,
                key=form.key.data or new_key(),
                parent=_parent(form),
                limits=_limits(),
            )
    except Refused as refusal:
        form.body.errors = [why(refusal)]
        return _refused_page(slug, form), status(refusal), headers(refusal)
    return redirect(_place(comment), 303)


@bp.get("/comments/<id:id>")
@open_to(everyone)
def comment(id: int) -> ResponseReturnValue:
    comment = listed_comment(id)
    kept.about(comment.article.id, comment.article.revision)
    return conversation_page(comment)


@bp.post("/comments/<id:id>/delete")
@open_to(readers)
def delete(id: int) -> ResponseReturnValue:
    with writing():
        comment = listed_comment(id)
        if comment.author_id != member().id:
            abort(403)
        comment.delete()
    return redirect(url_for(".article", slug=comment.article.slug, _anchor="comments"), 303)


@bp.get("/account/comments")
@open_to(readers)
def mine() -> ResponseReturnValue:
    form = SearchForm.asked()
    found: list[Comment] = []
    more = None
    if form.validate():
        found, more = finding.own(member(), form.words, before=asked_comment("before"))
    page = render_template("comments/mine.html", comments=found, more=more, form=form)
    return page, 422 if form.errors else 200


@bp.get("/articles/<slug>/comments/search")
@open_to(everyone)
def search(slug: str) -> ResponseReturnValue:
    article = _article(slug)
    kept.about(article.id, article.revision)
    form = SearchForm.asked()
    page = Page([])
    if form.validate() and form.words:
        page = finding.in_thread(article, form.words, before=asked_comment("before"))
    html = render_template(
        "comments/search.html",
        article=article,
        form=form,
        comments=page.comments,
        more=page.more,
        mine=_mine(_ids(page.comments)),
    )
    return html, 422 if form.errors else 200


def article_page(
    article: Article, form: CommentForm | None = None, *, sort: Sort = Sort.LATEST
) -> str:
    """The article, its tools, the box with what `form` holds, and the first page of comments."""
    url = absolute(url_for("comments.article", slug=article.slug))
    return render_template(
        "comments/article.html",
        article=article,
        **_thread(article, sort=sort),
        form=form or _form(article),
        share=share_links(article.title, url),
        json_ld=json_ld(article, url),
        canonical=url,
        description=article.summary,
        image=absolute(article.image) if article.image else None,
    )


@bp.app_context_processor
def _limit() -> dict[str, int]:
    return {"comment_limit": current_app.config["COMMENT_MAX_LENGTH"]}


def conversation_page(
    target: Comment,
    *,
    form: CommentForm | None = None,
    reason_error: str | None = None,
    refused: str | None = None,
) -> str:
    """A root with its replies, and what this viewer may do with `target`."""
    root = target.root_or_self
    after = asked_comment("after")
    start = target if _is_far_down(target) else None
    shown_root, page = threads.conversation(root, start=start, after=after)
    is_own = viewer().id == target.author_id and target.deleted_at is None
    mine = _mine([*_ids([shown_root]), target.id])
    is_hidden = target.hidden_for is not None and target.deleted_at is None
    return render_template(
        "comments/comment.html",
        article=target.article,
        root=shown_root,
        target=threads.shown(target),
        form=form or _form(target.article, parent=target),
        mine=mine,
        choice=mine.get(target.id) if target.is_visible else None,
        refused=refused,
        may_delete=is_own,
        may_hide=viewer().can_moderate and target.is_visible,
        may_restore=viewer().can_moderate and is_hidden,
        reason_error=reason_error,
        hidden_html=target.markup if viewer().can_moderate and is_hidden else None,
        more=page.more,
        earlier=bool(after or start),
        canonical=absolute(url_for("comments.comment", id=target.id)),
    )


class Rendered(NamedTuple):
    """A page of a thread as every reader gets it, and which comments are on it."""

    html: Markup
    comment_ids: frozenset[int]


def _thread(article: Article, *, sort: Sort, before: Comment | None = None) -> dict[str, Any]:
    """What the template of a thread asks for: the shared part, and what is only this viewer's."""
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    before_id = before.id if before else None
    html, ids = _rendered(app, article.id, article.revision, sort, before_id, str(get_locale()))
    return {"thread_html": html, "sort": sort, "mine": _mine(ids)}


@lru_cache(maxsize=512)
def _rendered(
    app: Flask, article_id: int, revision: int, sort: Sort, before_id: int | None, language: str
) -> Rendered:
    """Rendered again when `revision` says that the thread has changed."""
    article = db.session.get_one(Article, article_id)
    before = db.session.get(Comment, before_id) if before_id else None
    page = threads.thread_page(article, sort=sort, before=before)
    html = render_template(
        "comments/_thread.html",
        article=article,
        comments=page.comments,
        sort=sort,
        more=page.more,
        before=before_id,
    )
    # The output of an autoescaping template.
    return Rendered(Markup(html), frozenset(_ids(page.comments)))  # noqa: S704


def _ids(comments: Iterable[Shown]) -> Iterator[int]:
    for comment in comments:
        yield comment.id
        yield from _ids(comment.replies)


def _mine(comment_ids: Iterable[int]) -> dict[int, str]:
    """This viewer's reactions to these comments: "like" or "dislike" by comment id."""
    if not isinstance(reader := viewer(), User):
        return {}
    found = db.session.scalars(Reaction.of(reader, comment_ids))
    return {reaction.comment_id: reaction.choice for reaction in found}


def _article(slug: str) -> Article:
    article: Article = db.one_or_404(Article.by_slug(slug))
    return article


def listed_comment(id: int) -> Comment:
    """A comment that stands in its thread, as text or tombstone."""
    comment: Comment = db.get_or_404(Comment, id)
    if not comment.listed:
        abort(404)
    return comment


def _parent(form: CommentForm) -> Comment | None:
    if not form.parent.data:
        return None
    parent = db.session.get(Comment, int(form.parent.data))
    if parent is None:
        raise posting.ParentGone
    return parent


def asked_comment(name: str) -> Comment | None:
    """The comment a page starts from: an id of ASCII digits, or the request is refused."""
    value = request.args.get(name)
    if value is None:
        return None
    if not re.fullmatch(ROW_ID, value):
        abort(400)
    comment: Comment = db.get_or_404(Comment, int(value))
    return comment


def asked_sort() -> Sort:
    """The order asked for, newest first when none is."""
    try:
        return Sort(request.args.get("sort", Sort.LATEST))
    except ValueError:
        abort(400)


def _is_far_down(comment: Comment) -> bool:
    root = comment.root
    return root is not None and root.reply_count > Comment.PAGE_SIZE


def _form(article: Article, *, parent: Comment | None = None) -> CommentForm | None:
    writable = article.takes_comments and (parent is None or parent.is_visible)
    if not writable or not viewer().is_authenticated:
        return None
    return CommentForm.fresh(parent=parent.id if parent else None)


def _refused_page(slug: str, form: CommentForm) -> str:
    """Where the comment was written, with the text still in the box."""
    article = _article(slug)
    form.key.data = form.key.data or new_key()
    parent = db.session.get(Comment, int(form.parent.data)) if _names_parent(form) else None
    if parent and parent.listed and parent.article_id == article.id:
        return conversation_page(parent, form=form)
    return article_page(article, form)


def _names_parent(form: CommentForm) -> bool:
    return bool(form.parent.data) and not form.parent.errors


def _limits() -> Limits:
    config = current_app.config
    return Limits(
        interval=timedelta(seconds=config["COMMENT_INTERVAL_SECONDS"]),
        per_day=config["COMMENTS_PER_DAY"],
        roots_per_article=config["ROOT_COMMENTS_PER_ARTICLE"],
        same_text=timedelta(hours=config["SAME_TEXT_HOURS"]),
    )


def _place(comment: Comment) -> str:
    """Where a new comment is to be seen: on top of the thread, or in its conversation."""
    anchor = f"comment-{comment.id}"
    if comment.root_id:
        return url_for(".comment", id=comment.id, _anchor=anchor)
    return url_for(".article", slug=comment.article.slug, _anchor=anchor)

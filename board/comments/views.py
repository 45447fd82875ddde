"""The article with its thread, one conversation, posting, deleting, one's own comments."""

import re
from datetime import timedelta
from functools import lru_cache

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import get_locale
from markupsafe import Markup

from board import kept
from board.access import everyone, member, open_to, readers, viewer
from board.articles.models import Article
from board.articles.sharing import absolute, json_ld, share_links
from board.comments import posting
from board.comments import thread as threads
from board.comments.body import Body
from board.comments.forms import CommentForm, new_key, reason_label, reasons
from board.comments.models import Comment
from board.comments.posting import Limits, Refused
from board.comments.refusals import headers, status, why
from board.db import db, writing

bp = Blueprint("comments", __name__)
bp.add_app_template_global(reason_label)
bp.add_app_template_global(reasons)


@bp.get("/articles/<slug>")
@open_to(everyone)
def article(slug: str) -> ResponseReturnValue:
    article = _article(slug)
    kept.about(article.id, article.revision)
    return article_page(article)


@bp.get("/articles/<slug>/comments")
@open_to(everyone)
def thread(slug: str) -> ResponseReturnValue:
    article = _article(slug)
    kept.about(article.id, article.revision)
    return render_template(
        "comments/thread.html",
        article=article,
        thread_html=_thread(article, before=_cursor("before")),
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
    comment = _comment(id)
    kept.about(comment.article.id, comment.article.revision)
    return conversation_page(comment)


@bp.post("/comments/<id:id>/delete")
@open_to(readers)
def delete(id: int) -> ResponseReturnValue:
    with writing():
        comment = _comment(id)
        if comment.author_id != member().id:
            abort(403)
        comment.delete()
    return redirect(url_for(".article", slug=comment.article.slug, _anchor="comments"), 303)


@bp.get("/account/comments")
@open_to(readers)
def mine() -> ResponseReturnValue:
    found = list(db.session.scalars(threads.own(member(), before=_cursor("before"))))
    shown = found[: Comment.PAGE_SIZE]
    more = shown[-1].id if len(found) > Comment.PAGE_SIZE else None
    return render_template("comments/mine.html", comments=shown, more=more)


def article_page(article: Article, form: CommentForm | None = None) -> str:
    """The article, its tools, the box with what `form` holds, and the first page of comments."""
    url = absolute(url_for("comments.article", slug=article.slug))
    return render_template(
        "comments/article.html",
        article=article,
        thread_html=_thread(article, before=None),
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
    target: Comment, *, form: CommentForm | None = None, reason_error: str | None = None
) -> str:
    """A root with its replies, and what this viewer may do with `target`."""
    root = target.root_or_self
    after = _cursor("after")
    start = target if _is_far_down(target) else None
    shown_root, page = threads.conversation(root, start=start, after=after)
    mine = viewer().id == target.author_id and target.deleted_at is None
    is_hidden = target.hidden_for is not None and target.deleted_at is None
    return render_template(
        "comments/comment.html",
        article=target.article,
        root=shown_root,
        target=threads.shown(target),
        form=form or _form(target.article, parent=target),
        may_delete=mine,
        may_hide=viewer().can_moderate and target.is_visible,
        may_restore=viewer().can_moderate and is_hidden,
        reason_error=reason_error,
        hidden_html=target.markup if viewer().can_moderate and is_hidden else None,
        more=page.more,
        earlier=bool(after or start),
        canonical=absolute(url_for("comments.comment", id=target.id)),
    )


def _thread(article: Article, *, before: Comment | None) -> Markup:
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    before_id = before.id if before else None
    return _rendered(app, article.id, article.revision, before_id, str(get_locale()))


@lru_cache(maxsize=512)
def _rendered(
    app: Flask, article_id: int, revision: int, before_id: int | None, language: str
) -> Markup:
    """The thread as every reader gets it. Rendered again when `revision` says it has changed."""
    article = db.session.get_one(Article, article_id)
    before = db.session.get(Comment, before_id) if before_id else None
    page = threads.thread_page(article, before=before)
    html = render_template(
        "comments/_thread.html",
        article=article,
        comments=page.comments,
        more=page.more,
        before=before_id,
    )
    return Markup(html)  # noqa: S704 - the output of an autoescaping template


def _article(slug: str) -> Article:
    article: Article = db.one_or_404(Article.by_slug(slug))
    return article


def _comment(id: int) -> Comment:
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


def _cursor(name: str) -> Comment | None:
    """The comment a page starts from: an id of ASCII digits, or the request is refused."""
    value = request.args.get(name)
    if value is None:
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,17}", value):
        abort(400)
    comment: Comment = db.get_or_404(Comment, int(value))
    return comment


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

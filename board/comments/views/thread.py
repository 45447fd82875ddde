"""Pages to read, post, delete and search comments, and the user's own comments."""

from contextlib import nullcontext

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from board.accounts.auth.current_user import current_user
from board.articles.access import article_for_viewer
from board.articles.models import Article
from board.articles.sharing import absolute
from board.articles.thread_controls.labels import page_thread_state
from board.comments.error_messages import headers, message_for, status
from board.comments.forms import CommentForm, SearchForm, new_key
from board.comments.models import Comment
from board.comments.page_context import (
    article_page,
    can_see_thread,
    comment_from_query,
    conversation_page,
    cursor_from_query,
    listed_comment,
    new_comment_form,
    thread_context,
)
from board.comments.thread import search as thread_search
from board.comments.thread.public_comment import CommentPage, authors_of, ids_of
from board.comments.thread.sort import Sort
from board.comments.thread.sort_order import newest_first, sort_for_page
from board.comments.viewer.viewer_data import blocked_by_viewer, reactions_of_viewer
from board.comments.views import submissions
from board.comments.writing.errors import KeyReused, Refused
from board.db import db
from board.web.access import everyone, members, open_to
from board.web.page_cache.validity import cache_for_article

bp = Blueprint("comments", __name__)


@bp.get("/articles/<slug>")
@open_to(everyone, query=("sort",), multi_fields=("sort",))
def article(slug: str) -> ResponseReturnValue:
    article = article_for_viewer(slug)
    cache_for_article(article.id, article.revision)
    orders = _sort_orders(article)
    if (sort := sort_for_page(orders)) not in orders:
        return redirect(url_for(".article", slug=slug, _anchor="thread"))
    return article_page(article, sort=sort)


@bp.get("/articles/<slug>/comments")
@open_to(everyone, query=("before", "sort"), multi_fields=("sort",))
def thread(slug: str) -> ResponseReturnValue:
    article = article_for_viewer(slug)
    cache_for_article(article.id, article.revision)
    orders = _sort_orders(article)
    if (sort := sort_for_page(orders, before=request.args.get("before"))) not in orders:
        return redirect(url_for(".thread", slug=slug))
    return render_template(
        "comments/thread.html",
        article=article,
        **thread_context(article, sort=sort, before=cursor_from_query(sort)),
        form=new_comment_form(article),
        canonical=absolute(url_for(".article", slug=slug)),
    )


@bp.post("/articles/<slug>/comments")
@open_to(members, query=("after",))
def post(slug: str) -> ResponseReturnValue:
    form = CommentForm.from_post()
    if not form.validate():
        return _form_page(slug, form), 422
    if form.preview.data:
        return _form_page(slug, form)
    try:
        comment = submissions.post_comment(slug, form, author_id=current_user().id)
    except Refused as refusal:
        form.body.errors = [message_for(refusal)]
        if isinstance(refusal, KeyReused):
            form.key.data = new_key()
        return _form_page(slug, form), status(refusal), headers(refusal)
    return redirect(_posted_url(comment), 303)


@bp.get("/comments/<id:id>")
@open_to(everyone, query=("after",))
def comment(id: int) -> ResponseReturnValue:
    comment = listed_comment(id)
    cache_for_article(comment.article.id, comment.article.revision)
    return conversation_page(comment)


@bp.post("/comments/<id:id>/delete")
@open_to(members, cannot_wait=True)
def delete(id: int) -> ResponseReturnValue:
    comment = submissions.delete_comment(id)
    is_shown = comment.article.is_public
    list_url = url_for(".article", slug=comment.article.slug, _anchor="comments")
    return redirect(list_url if is_shown else url_for(".mine", notice="deleted"), 303)


@bp.get("/account/comments")
@open_to(members, query=("before", "q"))
def mine() -> ResponseReturnValue:
    form = SearchForm.from_query()
    comments: list[Comment] = []
    more = None
    with thread_search.search_limiter if form.words else nullcontext():
        if form.validate():
            comments, more = thread_search.search_own(
                current_user(), form.words, before=comment_from_query("before")
            )
        page = render_template(
            "comments/profile/own_comments.html", comments=comments, more=more, form=form
        )
    return page, 422 if form.errors else 200


@bp.get("/articles/<slug>/comments/search")
@open_to(everyone, query=("before", "q"))
def search(slug: str) -> ResponseReturnValue:
    form = SearchForm.from_query()
    with thread_search.search_limiter:  # wait before any database read
        return _search_page(article_for_viewer(slug), form), 422 if form.errors else 200


def _search_page(article: Article, form: SearchForm) -> str:
    cache_for_article(article.id, article.revision)
    page, thread_state = CommentPage([]), page_thread_state(article)
    if form.validate() and form.words and can_see_thread(thread_state):
        page = thread_search.search_thread(article, form.words, before=comment_from_query("before"))
    return render_template(
        "comments/search.html",
        article=article,
        thread_state=thread_state,
        is_shown=can_see_thread(thread_state),
        form=form,
        comments=page.comments,
        more=page.more,
        own_reactions=reactions_of_viewer(ids_of(page.comments)),
        blocked=blocked_by_viewer(authors_of(page.comments)),
    )


def _sort_orders(article: Article) -> tuple[Sort, ...]:
    """The sort orders this thread allows now."""
    return (Sort.LATEST,) if page_thread_state(article).is_latest_only else tuple(Sort)


def _form_page(slug: str, form: CommentForm) -> str:
    """The page of the form, with the text still in it and nothing stored."""
    article = article_for_viewer(slug)
    form.key.data = form.key.data or new_key()
    parent = db.session.get(Comment, int(form.parent.data)) if _has_valid_parent(form) else None
    if parent and parent.listed and parent.article_id == article.id:
        return conversation_page(parent, form=form)
    return article_page(article, form)


def _has_valid_parent(form: CommentForm) -> bool:
    return bool(form.parent.data) and not form.parent.errors


def _posted_url(comment: Comment) -> str:
    """Where a new comment appears: a root on top of the thread, a reply in its conversation, a held
    one above the thread."""
    if comment.held_for:
        return url_for(".article", slug=comment.article.slug, notice="held", _anchor="held")
    anchor = f"comment-{comment.id}"
    if comment.root_id:
        return url_for(".comment", id=comment.id, _anchor=anchor)
    return url_for(".article", slug=comment.article.slug, sort=newest_first(), _anchor=anchor)

"""Front page, and the desk pages to write, edit, withdraw, open and close articles."""

from flask import Blueprint, Flask, abort, current_app, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from sqlalchemy import Select

from board.accounts.auth.current_user import current_user
from board.articles.editing import lifecycle
from board.articles.editing.forms import ArticleForm, ArticleSearchForm, CloseForm, state_label
from board.articles.editing.responses import article_to_edit, redirect_to_edit_form
from board.articles.editing.search import articles_at_desk
from board.articles.html.urls import is_allowed_image
from board.articles.models import Article
from board.articles.publication import AlreadyPublished, ChangedMeanwhile, State
from board.articles.thread_controls.labels import page_thread_states
from board.db import db, writing
from board.web.access import editors, editors_and_moderators, everyone, open_to
from board.web.page_cache.validity import cache_until

bp = Blueprint("articles", __name__)

_SAVED: dict[str, str] = {State.DRAFT: "drafted", State.SCHEDULED: "scheduled"}
ARTICLE_BYTES = 4 * 1024 * 1024  # a Hangul syllable takes nine bytes in a posted form


def init_app(app: Flask) -> None:
    app.add_template_global(article_state)


def article_state(article: Article) -> str:
    """The state in a word, as it is now by the clock."""
    if article.erased_at:
        return gettext("Deleted")
    return state_label(State.PUBLISHED if article.is_public else article.state)


@bp.get("/")
@open_to(everyone, query=("before",))
def front() -> ResponseReturnValue:
    articles, more = _page(Article.newest(before=_start()))
    cache_until(lifecycle.next_appearance())
    origins = current_app.config["IMAGE_ORIGINS"]
    image = articles[0].image if articles else ""
    return render_template(
        "articles/front.html",
        articles=articles,
        thread_states=page_thread_states(articles),
        more=more,
        shows_first_image=bool(image and is_allowed_image(image, origins)),
    )


@bp.get("/desk/articles")
@open_to(editors_and_moderators, query=("before", "q", "state"))
def desk() -> ResponseReturnValue:
    form = ArticleSearchForm.from_query()
    filters = form.filters()
    articles, more = _page(articles_at_desk(**filters, before=_start()))
    return render_template(
        "articles/desk.html",
        articles=articles,
        thread_states=page_thread_states(articles),
        more=more,
        form=form,
        filters=filters,
    )


@bp.get("/desk/articles/new")
@open_to(editors)
def write_form() -> ResponseReturnValue:
    return _edit_page(None, ArticleForm.new())


@bp.post("/desk/articles/new")
@open_to(editors, body_max=ARTICLE_BYTES)
def write() -> ResponseReturnValue:
    form = ArticleForm.from_post()
    if not form.validate():
        return _edit_page(None, form), 422
    content = form.content()
    with writing():
        article = lifecycle.write(content, key=form.key.data or "", at=form.at, draft=form.is_draft)
    return redirect_to_edit_form(article, _SAVED.get(article.state, "published"))


@bp.get("/desk/articles/<slug>")
@open_to(editors)
def edit_form(slug: str) -> ResponseReturnValue:
    article = article_to_edit(slug)
    return _edit_page(article, ArticleForm.for_article(article))


@bp.post("/desk/articles/<slug>")
@open_to(editors, body_max=ARTICLE_BYTES)
def edit(slug: str) -> ResponseReturnValue:
    form = ArticleForm.from_post()
    if not form.validate():
        return _edit_page(article_to_edit(slug), form), 422
    try:
        return _save(slug, form)
    except AlreadyPublished:
        form.published_at.errors = [
            gettext("Readers have seen this article. Withdraw it, or give it a date that has come.")
        ]
        return _edit_page(article_to_edit(slug), form), 422
    except ChangedMeanwhile:
        return _conflict_page(article_to_edit(slug), form), 409


def _save(slug: str, form: ArticleForm) -> ResponseReturnValue:
    content = form.content()
    with writing():
        article = article_to_edit(slug)
        done = "revised" if article.was_public else "published"
        seen = form.seen.data or ""
        lifecycle.save(
            article, content, seen=seen, at=form.at, draft=form.is_draft, by=current_user()
        )
    return redirect_to_edit_form(article, _SAVED.get(article.state, done))


@bp.post("/desk/articles/<slug>/withdraw")
@open_to(editors)
def withdraw(slug: str) -> ResponseReturnValue:
    with writing():
        article = article_to_edit(slug)
        lifecycle.withdraw(article, by=current_user())
        if article.state != State.WITHDRAWN:
            abort(409)
    return redirect_to_edit_form(article, "withdrawn")


@bp.post("/desk/articles/<slug>/publish")
@open_to(editors)
def publish_again(slug: str) -> ResponseReturnValue:
    with writing():
        article = article_to_edit(slug)
        lifecycle.publish_again(article, by=current_user())
        if not article.is_public:
            abort(409)
    return redirect_to_edit_form(article, "published")


@bp.post("/desk/articles/<slug>/close")
@open_to(editors)
def close(slug: str) -> ResponseReturnValue:
    form = CloseForm.from_post()
    if not form.validate():
        article = article_to_edit(slug)
        return _edit_page(article, ArticleForm.for_article(article), close_form=form), 422
    with writing():
        article = article_to_edit(slug)
        article.close(reason=form.reason.data)
    return redirect_to_edit_form(article, "closed")


@bp.post("/desk/articles/<slug>/open")
@open_to(editors)
def open(slug: str) -> ResponseReturnValue:
    with writing():
        article = article_to_edit(slug)
        article.open()
    return redirect_to_edit_form(article, "opened")


def _start() -> Article | None:
    """The article in ?before=<slug>, after which the page begins."""
    before = request.args.get("before")
    return db.one_or_404(Article.by_slug(before)) if before else None


def _page(query: Select[Article]) -> tuple[list[Article], str | None]:
    """The articles of a page, and the slug for the next one, if there is one."""
    rows = list(db.session.scalars(query))
    articles = rows[: Article.PAGE_SIZE]
    return articles, articles[-1].slug if len(rows) > Article.PAGE_SIZE else None


def _conflict_page(article: Article, form: ArticleForm) -> str:
    """The form as it was typed; saved once more, it replaces what somebody else has saved."""
    form.seen.data = lifecycle.version(article)
    form.form_errors.append(
        gettext(
            "Somebody else has saved this article since you opened it. Compare with the article, "
            "then save again to replace their changes."
        )
    )
    return _edit_page(article, form)


def _edit_page(
    article: Article | None, form: ArticleForm, *, close_form: CloseForm | None = None
) -> str:
    if article and article.was_public:  # it has no time to appear at any more
        form.published_at.description = ""
    return render_template(
        "articles/edit.html",
        article=article,
        form=form,
        close_form=close_form or CloseForm.unbound(),
    )

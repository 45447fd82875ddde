"""Front page, and the desk pages to write, edit, open and close articles."""

from flask import Blueprint, abort, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from board.articles.forms import ArticleForm, CloseForm
from board.articles.html_urls import is_allowed_image
from board.articles.models import Article
from board.articles.thread_controls.labels import page_thread_states
from board.db import db, now, writing
from board.web.access import editors, editors_and_moderators, everyone, open_to
from board.web.response.notices import notice

bp = Blueprint("articles", __name__)

ARTICLE_BYTES = 4 * 1024 * 1024  # a Hangul syllable takes nine bytes in a posted form


@bp.get("/")
@open_to(everyone, query=("before",))
def front() -> ResponseReturnValue:
    articles, more = _page()
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
@open_to(editors_and_moderators, query=("before",))
def desk() -> ResponseReturnValue:
    articles, more = _page()
    return render_template(
        "articles/desk.html",
        articles=articles,
        thread_states=page_thread_states(articles),
        more=more,
    )


@bp.get("/desk/articles/new")
@open_to(editors)
def write_form() -> ResponseReturnValue:
    return _edit_page(None, ArticleForm.unbound())


@bp.post("/desk/articles/new")
@open_to(editors, body_max=ARTICLE_BYTES)
def write() -> ResponseReturnValue:
    form = ArticleForm.from_post()
    if not form.validate():
        return _edit_page(None, form), 422
    content = form.content()
    with writing():
        article = Article.publish(**content)
    return _to_edit_form(article, "published")


@bp.get("/desk/articles/<slug>")
@open_to(editors)
def edit_form(slug: str) -> ResponseReturnValue:
    article = _article(slug)
    return _edit_page(article, ArticleForm.for_article(article))


@bp.post("/desk/articles/<slug>")
@open_to(editors, body_max=ARTICLE_BYTES)
def edit(slug: str) -> ResponseReturnValue:
    form = ArticleForm.from_post()
    if not form.validate():
        return _edit_page(_article(slug), form), 422
    content = form.content()
    with writing():
        article = _article(slug)
        if article.revise(**content):
            article.revise(edited_at=now())
    return _to_edit_form(article, "revised")


@bp.post("/desk/articles/<slug>/close")
@open_to(editors)
def close(slug: str) -> ResponseReturnValue:
    form = CloseForm.from_post()
    if not form.validate():
        article = _article(slug)
        return _edit_page(article, ArticleForm.for_article(article), close_form=form), 422
    with writing():
        article = _article(slug)
        article.close(reason=form.reason.data)
    return _to_edit_form(article, "closed")


@bp.post("/desk/articles/<slug>/open")
@open_to(editors)
def open(slug: str) -> ResponseReturnValue:
    with writing():
        article = _article(slug)
        article.open()
    return _to_edit_form(article, "opened")


def _to_edit_form(article: Article, code: str) -> ResponseReturnValue:
    said = notice(code, title=article.title)
    return redirect(url_for(".edit_form", slug=article.slug, notice=said), 303)


def _article(slug: str) -> Article:
    article: Article = db.one_or_404(Article.by_slug(slug))
    return article


def _page() -> tuple[list[Article], str | None]:
    """The articles older than ?before=<slug>, and the slug for the next page, if there is one."""
    before = request.args.get("before")
    start = db.session.scalar(Article.by_slug(before)) if before else None
    if before and start is None:
        abort(404)
    rows = list(db.session.scalars(Article.newest(before=start)))
    articles = rows[: Article.PAGE_SIZE]
    return articles, articles[-1].slug if len(rows) > Article.PAGE_SIZE else None


def _edit_page(
    article: Article | None, form: ArticleForm, *, close_form: CloseForm | None = None
) -> str:
    return render_template(
        "articles/edit.html",
        article=article,
        form=form,
        close_form=close_form or CloseForm.unbound(),
    )

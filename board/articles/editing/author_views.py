"""Desk page that names the accounts which wrote an article."""

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from wtforms import TextAreaField
from wtforms.validators import Length, ValidationError

from board.articles.editing.authors import (
    ArticleAuthor,
    UnknownNames,
    authors_of,
    set_authors,
)
from board.articles.editing.responses import article_to_edit, redirect_to_edit_form
from board.db import db, writing
from board.web.access import editors, open_to
from board.web.forms import Form

bp = Blueprint("article_authors", __name__)


class AuthorsForm(Form):
    names = TextAreaField(
        _("Display names of the accounts that wrote it"),
        [Length(max=1000)],
        description=_("One per line. It does not change the byline."),
    )

    def validate_names(self, field: Any) -> None:
        if len(self.lines) > ArticleAuthor.PEOPLE_MAX:
            raise ValidationError(
                gettext("At most %(count)d accounts.", count=ArticleAuthor.PEOPLE_MAX)
            )

    @property
    def lines(self) -> list[str]:
        lines = (self.names.data or "").splitlines()
        return [line.strip() for line in lines if line.strip()]


@bp.get("/desk/articles/<slug>/authors")
@open_to(editors)
def form(slug: str) -> ResponseReturnValue:
    authors = db.session.scalars(authors_of(article_to_edit(slug)))
    names = "\n".join(author.name for author in authors)
    return _form_page(slug, AuthorsForm.unbound(data={"names": names}))


@bp.post("/desk/articles/<slug>/authors")
@open_to(editors)
def save(slug: str) -> ResponseReturnValue:
    form = AuthorsForm.from_post()
    if not form.validate():
        return _form_page(slug, form), 422
    try:
        with writing():
            article = article_to_edit(slug)
            set_authors(article, form.lines)
    except UnknownNames as unknown:
        form.names.errors = [_unknown_text(unknown)]
        return _form_page(slug, form), 422
    return redirect_to_edit_form(article, "authors_saved")


def _unknown_text(unknown: UnknownNames) -> str:
    names = ", ".join(unknown.names)
    return ngettext(
        "Nobody has this display name: %(names)s", "Nobody has these display names: %(names)s",
        len(unknown.names), names=names,
    )  # fmt: skip


def _form_page(slug: str, form: AuthorsForm) -> str:
    return render_template("articles/authors.html", article=article_to_edit(slug), form=form)

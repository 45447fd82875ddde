"""Forms to write an article and to close its comments."""

import secrets
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    DateTimeLocalField,
    HiddenField,
    SearchField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import AnyOf, DataRequired, Length, Optional, ValidationError

from board.articles.editing import lifecycle
from board.articles.html.sanitizer import plain_text, sanitize
from board.articles.models import Article
from board.articles.publication import State
from board.db.clock import from_local, local
from board.web.forms import Form, SearchForm

_required = DataRequired(_("Please fill this in."))
_FORMAT = "%Y-%m-%dT%H:%M"
_YEARS = range(1900, 2200)
PUBLISH, DRAFT = "publish", "draft"


class ArticleForm(Form):
    # The form's own name, so that pressing twice stores one article; and what it began with, so
    # that nobody's changes are overwritten unseen.
    key = HiddenField(validators=[Length(max=64)])
    seen = HiddenField(validators=[Length(max=64)])
    action = HiddenField(validators=[AnyOf((PUBLISH, DRAFT))], default=PUBLISH)
    title = StringField(_("Headline"), [_required, Length(max=Article.TITLE_MAX)])
    subtitles = TextAreaField(_("Subheadings"), [Length(max=2000)], description=_("One per line."))
    section = StringField(_("Section"), [Length(max=80)])
    byline = StringField(_("Byline"), [Length(max=200)])
    published_at = DateTimeLocalField(
        _("Publication date"),
        [Optional()],
        format=[_FORMAT, f"{_FORMAT}:%S"],
        description=_(
            "Left empty, the article appears at once. At a time ahead, it appears by itself then."
        ),
    )
    summary = TextAreaField(
        _("Summary"),
        [Length(max=1000)],
        description=_(
            "For the front page and shared links. If left empty, the first sentences are used."
        ),
    )
    image = StringField(
        _("Picture address"),
        [Length(max=Article.URL_MAX)],
        description=_("For shared links. Begins with https:// or /static/."),
    )
    image_alt = StringField(_("Picture description (alt text)"), [Length(max=Article.LINE_MAX)])
    body = TextAreaField(
        _("Text"),
        [Length(max=Article.BODY_MAX)],
        description=_(
            "A blank line begins a paragraph. HTML may be used, as much or as little as you like."
        ),
    )

    def validate_body(self, field: Any) -> None:
        if not field.data and not self.is_draft:
            raise ValidationError(gettext("Please fill this in."))

    def validate_published_at(self, field: Any) -> None:
        if field.data and field.data.year not in _YEARS:
            raise ValidationError(gettext("Enter a date and time."))

    def validate_subtitles(self, field: Any) -> None:
        if any(len(line) > Article.LINE_MAX for line in _lines(field.data)):
            raise ValidationError(gettext("One of the lines is too long."))

    def validate_image(self, field: Any) -> None:
        if field.data and not field.data.startswith(("https://", "http://", "/static/")):
            raise ValidationError(gettext("This is not the address of a picture."))

    def content(self) -> dict[str, Any]:
        """Keyword arguments for Article.publish and Article.revise, with sanitised HTML."""
        origins = current_app.config["IMAGE_ORIGINS"]
        html = sanitize(self.body.data or "", image_origins=origins, typed=True)
        return {
            "title": self.title.data,
            "subtitles": _lines(self.subtitles.data),
            "section": self.section.data or "",
            "byline": self.byline.data or "",
            "summary": self.summary.data or plain_text(html),
            "image": self.image.data or "",
            "image_alt": self.image_alt.data or "",
            "body_html": html,
        }

    @property
    def is_draft(self) -> bool:
        return bool(self.action.data == DRAFT)

    @property
    def at(self) -> datetime | None:
        """When the article is to appear; None for at once."""
        return from_local(self.published_at.data)

    @classmethod
    def new(cls) -> "ArticleForm":
        form: ArticleForm = cls.unbound(data={"key": secrets.token_urlsafe(12)})
        return form

    @classmethod
    def for_article(cls, article: Article) -> "ArticleForm":
        """The form filled with this article."""
        at = article.published_at if article.was_public else article.planned_at
        is_derived = article.summary == plain_text(article.body_html)
        form: ArticleForm = cls.unbound(
            data={
                "seen": lifecycle.version(article),
                "title": article.title,
                "subtitles": article.subtitle_lines,
                "section": article.section,
                "byline": article.byline,
                "summary": "" if is_derived else article.summary,  # it goes on following the text
                "image": article.image,
                "image_alt": article.image_alt,
                "body": article.body_html,
                "published_at": local(at).replace(tzinfo=None) if at else None,
            }
        )
        return form


class CloseForm(Form):
    reason = StringField(
        _("Reason for closing comments"),
        [_required, Length(max=200)],
        description=_("Readers see this."),
    )


def _states() -> list[tuple[str, str]]:
    return [("", gettext("All")), *((state.value, state_label(state)) for state in State)]


class ArticleSearchForm(SearchForm):
    q = SearchField(_("Headline, section, byline or address"), [Length(max=200)])
    state = SelectField(_("Status"), choices=_states, default="")


def state_label(state: str) -> str:
    return {
        State.DRAFT: gettext("Draft"),
        State.SCHEDULED: gettext("Scheduled"),
        State.PUBLISHED: gettext("Public"),
        State.WITHDRAWN: gettext("Withdrawn"),
    }[State(state)]


def _lines(text: str | None) -> Iterable[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]

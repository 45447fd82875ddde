"""Forms to write an article and to close its comments."""

from collections.abc import Iterable
from typing import Any

from flask import current_app
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import DateTimeLocalField, StringField, TextAreaField
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from board.articles.html_sanitizer import plain_text, sanitize
from board.articles.models import Article
from board.db import now
from board.db.clock import from_local, newsroom_zone
from board.web.forms import Form

_required = DataRequired(_("Please fill this in."))
_FORMAT = "%Y-%m-%dT%H:%M"


class ArticleForm(Form):
    title = StringField(_("Headline"), [_required, Length(max=Article.TITLE_MAX)])
    subtitles = TextAreaField(_("Subheadings"), [Length(max=2000)], description=_("One per line."))
    section = StringField(_("Section"), [Length(max=80)])
    byline = StringField(_("Byline"), [Length(max=200)])
    published_at = DateTimeLocalField(
        _("Published"), [Optional()], format=[_FORMAT, f"{_FORMAT}:%S"]
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
        [_required, Length(max=Article.BODY_MAX)],
        description=_("Plain text with a blank line between paragraphs, or HTML."),
    )

    def validate_subtitles(self, field: Any) -> None:
        if any(len(line) > Article.LINE_MAX for line in _lines(field.data)):
            raise ValidationError(gettext("One of the lines is too long."))

    def validate_image(self, field: Any) -> None:
        if field.data and not field.data.startswith(("https://", "http://", "/static/")):
            raise ValidationError(gettext("This is not the address of a picture."))

    def content(self) -> dict[str, Any]:
        """Keyword arguments for Article.publish and Article.revise, with sanitised HTML."""
        html = sanitize(self.body.data, image_origins=current_app.config["IMAGE_ORIGINS"])
        return {
            "title": self.title.data,
            "subtitles": _lines(self.subtitles.data),
            "section": self.section.data,
            "byline": self.byline.data,
            "summary": self.summary.data or plain_text(html),
            "image": self.image.data,
            "image_alt": self.image_alt.data,
            "body_html": html,
            "published_at": from_local(self.published_at.data) or now(),
        }

    @classmethod
    def for_article(cls, article: Article) -> "ArticleForm":
        """The form filled with this article."""
        zone = newsroom_zone()
        form: ArticleForm = cls.unbound(
            data={
                "title": article.title,
                "subtitles": article.subtitle_lines,
                "section": article.section,
                "byline": article.byline,
                "summary": article.summary,
                "image": article.image,
                "image_alt": article.image_alt,
                "body": article.body_html,
                "published_at": article.published_at.astimezone(zone).replace(tzinfo=None),
            }
        )
        return form


class CloseForm(Form):
    reason = StringField(
        _("Reason for closing comments"),
        [_required, Length(max=200)],
        description=_("Readers see this."),
    )


def _lines(text: str | None) -> Iterable[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]

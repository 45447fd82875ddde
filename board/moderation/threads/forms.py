"""Forms to restrict threads and to acknowledge a surge."""

import re
from datetime import datetime, timedelta
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    DateTimeLocalField,
    HiddenField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
)
from wtforms.validators import DataRequired, Length, Optional, ValidationError

from board.articles.editing.search import section_names
from board.articles.models import Article
from board.articles.thread_controls.labels import format_duration, restriction_label
from board.articles.thread_controls.models import (
    RestrictionKind,
    RestrictionSpec,
    ThreadRestriction,
)
from board.articles.thread_controls.state import CLOSING_KINDS
from board.db import db, now
from board.db.clock import from_local
from board.moderation.threads.surges import Surge
from board.web.access import seniors, viewer
from board.web.forms import Form

ELECTION = "election"
# Preselected measures of the election mode; the moderator may change them.
_ELECTION_MEASURES = (RestrictionKind.ESTABLISHED_ONLY, RestrictionKind.LATEST)
_CLOCK = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"]
_DEFAULT_SECONDS = "180"
_HOURS = (1, 3, 12, 24, 72)


def _scopes() -> list[tuple[str, str]]:
    """Only senior moderators restrict more than one article."""
    wider = [("sections", gettext("Sections")), ("board", gettext("The whole site"))]
    return [("article", gettext("One article")), *(wider if seniors(viewer()) else ())]


def _sections() -> list[tuple[str, str]]:
    return [(name, name) for name in db.session.scalars(section_names())]


def _durations() -> list[tuple[str, str]]:
    hours = [(str(hour), format_duration(hour * 3600)) for hour in _HOURS]
    return [("", gettext("Until a moderator ends it")), *hours]


def _measures() -> list[tuple[str, str]]:
    return [(measure.value, restriction_label(measure)) for measure in RestrictionKind]


def _seconds() -> list[tuple[str, str]]:
    return [(str(seconds), format_duration(seconds)) for seconds in ThreadRestriction.SECONDS]


class RestrictForm(Form):
    preset = HiddenField()
    scope = RadioField(_("Scope"), choices=_scopes, default="article")
    article = StringField(
        _("Article"),
        [Length(max=Article.URL_MAX)],
        description=_("Its link, or the last part of it."),
    )
    sections = SelectMultipleField(_("Sections"), choices=_sections)
    measures = SelectMultipleField(_("Action"), choices=_measures)
    seconds = SelectField(
        _("Slow mode: time between two comments by the same person"),
        choices=_seconds,
        default=_DEFAULT_SECONDS,
    )
    reason = StringField(
        _("Reason"),
        [DataRequired(_("Please fill this in.")), Length(max=ThreadRestriction.REASON_MAX)],
        description=_("Readers see this. Do not name anyone."),
    )
    starts_at = DateTimeLocalField(
        _("Start"),
        [Optional()],
        format=_CLOCK,
        description=_("Leave empty to start at once. A later time starts automatically."),
    )
    lasts = SelectField(_("Duration"), choices=_durations, default="")
    ends_at = DateTimeLocalField(
        _("Until"), [Optional()], format=_CLOCK, description=_("Overrides the duration above.")
    )
    preview = SubmitField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.is_election:  # it has no duration for an end to override
            self.ends_at.description = ""

    def validate_article(self, field: Any) -> None:
        if self.scope.data == "article" and self.target_article is None:
            raise ValidationError(gettext("There is no such article on this site."))

    def validate_sections(self, field: Any) -> None:
        if self.scope.data == "sections" and not field.data:
            raise ValidationError(gettext("Choose at least one section."))

    def validate_measures(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(gettext("Choose an action."))
        if len(set(field.data).intersection(CLOSING_KINDS)) > 1:
            raise ValidationError(
                gettext("Choose only one of: hide the whole thread, read-only, no new comments.")
            )

    def validate_lasts(self, field: Any) -> None:
        """Checks start and end too, whose own validators are skipped when they are empty."""
        if self.is_election and not (self.start and self.end):
            raise ValidationError(gettext("Election mode needs a start and an end."))
        if self.end and self.end <= max(now(), self.start or now()):
            raise ValidationError(gettext("It would end before it starts."))

    @property
    def is_election(self) -> bool:
        return bool(self.preset.data == ELECTION)

    @property
    def target_article(self) -> Article | None:
        """The article of a slug, or of a URL with /articles/ in it."""
        slug = re.split(r"[/?#]", (self.article.data or "").rpartition("/articles/")[2])[0]
        article: Article | None = db.session.scalar(Article.by_slug(slug))
        return article

    @property
    def start(self) -> datetime | None:
        return from_local(self.starts_at.data)

    @property
    def end(self) -> datetime | None:
        if self.ends_at.data:
            return from_local(self.ends_at.data)
        hours = int(self.lasts.data) if str(self.lasts.data).isdecimal() else 0
        return (self.start or now()) + timedelta(hours=hours) if hours else None

    def spec(self) -> RestrictionSpec:
        measures = [RestrictionKind(name) for name in self.measures.data or ()]
        return RestrictionSpec(
            measures=measures,
            reason=self.reason.data or "",
            article=self.target_article if self.scope.data == "article" else None,
            sections=self.sections.data or () if self.scope.data == "sections" else (),
            seconds=int(self.seconds.data) if RestrictionKind.SLOW in measures else 0,
            starts_at=self.start,
            ends_at=self.end,
        )

    @classmethod
    def for_article(cls, slug: str | None) -> "RestrictForm":
        """An empty form for an article."""
        form: RestrictForm = cls.unbound(data={"article": slug or ""})
        return form

    @classmethod
    def for_election(cls) -> "RestrictForm":
        """The form preset for the election mode."""
        form: RestrictForm = cls.unbound(
            data={
                "preset": ELECTION,
                "scope": "sections",
                "measures": [measure.value for measure in _ELECTION_MEASURES],
                "reason": gettext(
                    "It is election time. To keep the debate fair, comments are restricted as "
                    "follows until it is over."
                ),
            }
        )
        return form


class AcknowledgeForm(Form):
    note = StringField(_("Note for colleagues"), [Length(max=Surge.NOTE_MAX)])

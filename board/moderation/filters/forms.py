"""Forms for rules, their state, allowed words and imported lists."""

from collections.abc import Mapping
from typing import Any

from flask_babel import gettext
from flask_babel import lazy_gettext as _
from wtforms import (
    BooleanField,
    IntegerField,
    RadioField,
    SearchField,
    SelectChoice,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import DataRequired, Length, NumberRange, Optional, ValidationError

from board.moderation import word_filter
from board.moderation.filters.dry_run import DryRun
from board.moderation.filters.models import CATEGORIES, AllowedWord, State
from board.moderation.rulings.models import Ruling
from board.moderation.word_filter import InvalidRule
from board.web.forms import Form

CATEGORY_LABELS = {
    "insult": _("Insults"),
    "hate": _("Hate"),
    "sexual": _("Sexual"),
    "threat": _("Threats"),
    "coarse": _("Offensive language"),
    "spam": _("Advertising"),
    "other": _("Other"),
}
KIND_LABELS = {
    "word": _("Word: also disguised spellings, with any particle"),
    "pattern": _("Pattern: whole words as written; * for any letters, ? for one"),
}
ACTION_LABELS = {
    "hold": _("Hold for a moderator"),
    "refuse": _("Refuse"),
    "warn": _("Warn the writer first"),
}
STATE_LABELS = {"on": _("On"), "shadow": _("Shadow"), "off": _("Off")}


def _choices(labels: Mapping[str, Any]) -> list[SelectChoice]:
    return [SelectChoice(value, label) for value, label in labels.items()]


def _note() -> StringField:
    return StringField(_("Reason, for colleagues"), [Length(max=Ruling.NOTE_MAX)])


class RuleForm(Form):
    """The fields of a rule, and how many days its dry run covers."""

    kind = RadioField(
        _("Kind"),
        choices=_choices(KIND_LABELS),
        default="word",
    )
    text = StringField(
        _("Word or pattern"),
        [DataRequired(_("Please write something."))],
        description=_(
            "An everyday word with dots in it (가.나.다) matches only in disguised spellings."
        ),
    )
    action = SelectField(_("Action"), choices=_choices(ACTION_LABELS))
    category = SelectField(
        _("Category"),
        choices=_choices(CATEGORY_LABELS),
        default="other",
    )
    disguised = BooleanField(_("Also match disguised spellings"), default=True)
    note = _note()
    days = IntegerField(_("Test on the last days"), [NumberRange(1, DryRun.DAYS_MAX)], default=30)

    def validate_text(self, field: Any) -> None:
        if self.kind.data not in ("word", "pattern"):
            return
        try:
            word_filter.Rule(0, self.kind.data, field.data or "")
        except InvalidRule as error:
            raise ValidationError(_invalid_text(error)) from error

    def rule_fields(self) -> dict[str, Any]:
        return {name: getattr(self, name).data for name in DryRun.RULE_FIELDS}


def _invalid_text(error: InvalidRule) -> str:
    return {
        "empty": gettext("A rule needs a letter or a digit."),
        "long": gettext("A rule can be up to %(most)d characters.", most=word_filter.Rule.TEXT_MAX),
        "wide": gettext("This would match nearly everything. Add more letters."),
    }[error.reason]


class StateForm(Form):
    state = SelectField(_("Status"), choices=_choices(STATE_LABELS))
    threshold = IntegerField(_("Threshold"), [Optional(), NumberRange(1, 1000)])
    note = _note()


class AdoptForm(Form):
    state = SelectField(choices=[SelectChoice(State.ON.value), SelectChoice(State.SHADOW.value)])


class AllowForm(Form):
    text = StringField(
        _("Allowed word"),
        [DataRequired(_("Please write something.")), Length(max=AllowedWord.TEXT_MAX)],
    )


class ImportForm(Form):
    lines = TextAreaField(_("Rules, one per line"), [DataRequired(_("Please write something."))])


class FindRuleForm(Form):
    q = SearchField(_("Find a rule"), [Length(max=word_filter.Rule.TEXT_MAX)])
    category = SelectField(choices=[SelectChoice(code) for code in ("", *CATEGORIES)], default="")

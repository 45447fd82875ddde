"""Labels of rules in templates."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Flask, url_for
from flask_babel import gettext, ngettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup, escape

from board.moderation.filters import matches
from board.moderation.filters.forms import ACTION_LABELS, CATEGORY_LABELS, STATE_LABELS
from board.moderation.filters.models import Rule
from board.moderation.rulings.models import Ruling
from board.moderation.rulings.subjects import Subject
from board.text.spans import split_by_spans
from board.web.i18n import format_number
from board.web.response.notices import notice

bp = Blueprint("rules", __name__)
_SIGNAL_NAMES = {
    "link": _("Links"),
    "number": _("Personal numbers"),
    "repeat": _("Repeated text"),
    "rejected": _("Often hidden before"),
}


# Why a rule or a heuristic holds a comment.
HOLD_REASONS = {
    "word": _("Listed word"),
    "link": _("Many links"),
    "number": _("Personal number"),
    "repeat": _("Flooding"),
    "rejected": _("Often hidden before"),
}


def init_app(app: Flask) -> None:
    app.add_template_filter(marked)
    app.add_template_global(rule_label)
    app.add_template_global(rule_summary)
    app.add_template_global(rule_changes)
    app.add_template_global(_threshold_text, "threshold_text")
    app.jinja_env.globals.update(
        category_labels=CATEGORY_LABELS, action_labels=ACTION_LABELS, state_labels=STATE_LABELS
    )


def marked(text: str, spans: list[tuple[int, int]]) -> Markup:
    """The text as HTML with `<mark>` around each span. `format` and `escape` escape every piece."""
    pieces = (
        Markup("<mark>{}</mark>").format(piece) if is_hit else escape(piece)
        for piece, is_hit in split_by_spans(text, spans)
    )
    return Markup("").join(pieces)


def rule_label(rule: Rule) -> str:
    """The text of a rule, the name of a signal."""
    return str(_SIGNAL_NAMES[rule.text]) if rule.kind == "signal" else rule.text


def switched_notice(rule: Rule) -> str:
    """The notice after a rule was switched or adopted."""
    return notice("rule_switched", rule=rule_label(rule), state=str(STATE_LABELS[rule.state]))


def rule_summary(ruling: Ruling) -> str:
    """The rule or word a ruling is about, and what changed; "" for any other ruling."""
    after = ruling.detail.get("after") or {}
    text = str(_SIGNAL_NAMES.get(after.get("text", ""), after.get("text", "")))
    text = text or str(ruling.detail.get("word", ""))
    if changes := rule_changes(ruling):
        text = f"{text} ({', '.join(changes)})"
    return f"{text}: {ruling.note}" if text and ruling.note else text


def rule_changes(ruling: Ruling) -> list[str]:
    """On → shadow: each thing that a decision changed in a rule, as pages call it."""
    before, after = ruling.detail.get("before"), ruling.detail.get("after") or {}
    return [
        f"{_value(name, before[name])} → {_value(name, value)}"
        for name, value in after.items()
        if before and before[name] != value
    ]


def rule_subject(ruling: Ruling) -> Subject:
    return Subject(gettext("View rule"), url_for("rules.rule", id=ruling.detail["rule"]))


def allowed_words_subject(ruling: Ruling) -> Subject:
    return Subject(gettext("Allowed words"), url_for("rules.allowed"))


def import_subject(ruling: Ruling) -> Subject:
    count = ruling.detail["count"]
    label = ngettext("%(count)s rule", "%(count)s rules", count, count=format_number(count))
    return Subject(label, url_for("rules.index"))


def _value(name: str, value: Any) -> str:
    labels: dict[str, Mapping[Any, Any]] = {
        "state": STATE_LABELS,
        "action": ACTION_LABELS,
        "category": CATEGORY_LABELS,
        "kind": {"word": _("Word"), "pattern": _("Pattern")},
        "disguised": {True: _("Also match disguised spellings"), False: _("Exact spelling only")},
    }
    return str(labels.get(name, {}).get(value, value))


def _threshold_text(rule: Rule) -> str:
    """The threshold of a signal, in words."""
    count = rule.threshold
    return {
        "link": gettext("%(count)s or more links in one comment", count=count),
        "number": gettext("%(count)s or more phone or resident registration numbers", count=count),
        "repeat": gettext(
            "%(count)s or more near-identical comments within a day, from any author on any "
            "article",
            count=count,
        ),
        "rejected": gettext(
            "%(count)s%% or more of the author’s recent comments hidden", count=count
        ),
    }[rule.text]


def refused_text(refusal: matches.WordRefused) -> str:
    return gettext("“%(words)s” is not accepted here. Please rephrase it.", words=refusal.matched)

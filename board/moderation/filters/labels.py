"""The desk's rules as pages say them."""

from flask import Blueprint, Flask
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup, escape

from board.moderation.filters import matches
from board.moderation.filters.forms import ACTION_LABELS, CATEGORY_LABELS, STATE_LABELS
from board.moderation.filters.models import Rule

bp = Blueprint("rules", __name__)
_SIGNALS = {
    "link": _("Links"),
    "number": _("Personal numbers"),
    "repeat": _("The same text again"),
    "rejected": _("Often hidden before"),
}


# Why a comment waits that a rule or a heuristic has found.
HOLD_REASONS = {
    "word": _("Listed word"),
    "link": _("Many links"),
    "number": _("Personal number"),
    "repeat": _("Posted over and over"),
    "rejected": _("Often hidden before"),
}


def init_app(app: Flask) -> None:
    app.add_template_filter(marked)
    app.add_template_global(rule_label)
    app.add_template_global(_signal_words, "signal_words")
    app.jinja_env.globals.update(
        category_labels=CATEGORY_LABELS, action_labels=ACTION_LABELS, state_labels=STATE_LABELS
    )


def marked(text: str, spans: list[tuple[int, int]]) -> Markup:
    """The text with those parts of it marked."""
    told = (
        Markup("<mark>{}</mark>").format(piece) if is_hit else escape(piece)
        for piece, is_hit in matches.pieces(text, spans)
    )
    return Markup("").join(told)


def rule_label(rule: Rule) -> str:
    """A rule by its text, a signal by its name."""
    return str(_SIGNALS[rule.text]) if rule.kind == "signal" else rule.text


def _signal_words(rule: Rule) -> str:
    """From where on a signal finds something, in words."""
    count = rule.threshold
    return {
        "link": gettext("%(count)s links or more in one comment", count=count),
        "number": gettext("%(count)s telephone or resident numbers or more", count=count),
        "repeat": gettext("%(count)s alike within a day, by anyone, anywhere", count=count),
        "rejected": gettext("%(count)s%% of the author’s newest comments hidden", count=count),
    }[rule.text]


def refused_text(refusal: matches.WordRefused) -> str:
    return gettext(
        "“%(words)s” is not accepted here. Please write it otherwise.", words=refusal.matched
    )

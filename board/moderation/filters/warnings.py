"""Warnings about words that filter rules match, before the author posts them."""

from collections.abc import Iterator

from flask_babel import lazy_gettext as _

from board.comments.writing.warnings import TextWarning
from board.moderation.filters import compiled, heuristics
from board.moderation.filters.models import State
from board.moderation.word_filter import Action

_WARNINGS = {
    Action.HOLD.value: (
        _("Posted like this, it will be held for a moderator."),
        _(
            "It contains words often used as insults. Others will see it once a moderator has "
            "checked it."
        ),
    ),
    Action.WARN.value: (
        _("This may sound harsher than you mean it."),
        _("You can rephrase it, or post it as it is."),
    ),
}


def warnings_for(text: str) -> Iterator[TextWarning]:
    """Warnings for words that would hold the post or sound harsh; refused words fail on posting."""
    heuristics.precompute(text)
    for each in compiled.current_rules().findings(text):
        if each.rule.state == State.ON and each.rule.action in _WARNINGS:
            title, text = _WARNINGS[each.rule.action]
            yield TextWarning(
                each.start, each.end, f"rule-{each.rule.action}", str(title), str(text)
            )

"""Badges beside the name of an author, and its initial."""

from functools import cache

from flask import Flask
from flask_babel import lazy_gettext as _

from board.accounts.display_names import initial
from board.accounts.roles.labels import BADGES

AUTHOR = "author"

_LABELS = {AUTHOR: _("Author"), **BADGES}


def init_app(app: Flask) -> None:
    app.add_template_global(badges)
    app.add_template_global(badge_label)
    app.add_template_filter(initial)


@cache
def badges(wrote_article: bool, label: str) -> tuple[str, ...]:
    """Codes in the order in which they are shown: the article’s author, then the label of staff."""
    return tuple(filter(None, (AUTHOR if wrote_article else "", label)))


def badge_label(code: str) -> str:
    return str(_LABELS[code])

"""Warnings about personal numbers, before the author posts them."""

from collections.abc import Iterator

from flask_babel import gettext as _

from board.comments.writing import pii
from board.comments.writing.warnings import TextWarning


def check(text: str) -> Iterator[TextWarning]:
    return (_warning(*found) for found in pii.find(text))


def _warning(start: int, end: int, kind: str) -> TextWarning:
    what, why = {
        "phone": (
            _("This looks like a phone number."),
            _("Anyone could call it, and comments get copied elsewhere."),
        ),
        "resident": (
            _("This looks like a resident registration number."),
            _("It can be used for identity theft. Please leave it out."),
        ),
        "card": (_("This looks like a card number."), _("Someone could pay with this card.")),
        "account": (
            _("This looks like a bank account number."),
            _("Bank details can be used for fraud."),
        ),
    }[kind]
    return TextWarning(start, end, kind, what, why)

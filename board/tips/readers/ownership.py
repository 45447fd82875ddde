"""Proof that a reader is the owner of their key: an unlocked desk may have been left alone.

Asked for before passphrase, sheet or key are replaced, before somebody leaves the roster, and
before they sign for a colleague.
"""

from typing import Any

from flask_babel import gettext as _

from board.accounts.auth.current_user import current_user
from board.accounts.two_factor.models import SecondFactor
from board.accounts.two_factor.session_check import accept_code
from board.tips.crypto.primitives import Key
from board.tips.models.key_holders import TipReader
from board.tips.readers.unlock_views import unlock_with_form


def has_second_factor() -> bool:
    return SecondFactor.for_user(current_user()) is not None


def unlock_by_either(form: Any, reader: TipReader) -> Key | None:
    """The key, for the passphrase or the recovery words; otherwise None, with an error in the form.

    Slow, so call it before a write. Raises TooManyAttempts.
    """
    return unlock_with_form(form, reader) if form.validate() else None


def accepts_code(form: Any) -> bool:
    """Whether the code of the second factor is right, or this person has none; otherwise an error
    is in the form. Call inside a write. Raises TooManyAttempts.
    """
    if not has_second_factor() or accept_code(form.code.data or ""):
        return True
    form.code.errors = [_("This code is wrong or has already been used. Wait for the next one.")]
    return False

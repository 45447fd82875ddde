"""Proof that a reader is the owner of their key: an unlocked desk may have been left alone.

Asked for before passphrase, sheet or key are replaced, before somebody leaves the roster, and
before they sign for a colleague.
"""

from typing import Any

from flask_babel import gettext as _

from board.accounts.auth.current_user import current_user
from board.accounts.two_factor.models import SecondFactor
from board.accounts.two_factor.session_check import accept_code
from board.db import writing
from board.tips.crypto.primitives import Key
from board.tips.models.key_holders import TipReader
from board.tips.readers.unlock_views import unlock_with_form


def has_second_factor() -> bool:
    return SecondFactor.for_user(current_user()) is not None


def prove(form: Any, reader: TipReader) -> Key | None:
    """The reader's key, for the passphrase or the recovery words, and the second factor if they
    have one; otherwise None, with an error in the form.

    Slow, so call it before a write. Raises TooManyAttempts.
    """
    key = unlock_with_form(form, reader) if form.validate() else None
    return key if key and accepts_code(form) else None


def accepts_code(form: Any) -> bool:
    """Whether the code of the second factor is right, or this person has none; otherwise an error
    is in the form. Uses the code up, in a write of its own. Raises TooManyAttempts.
    """
    if not has_second_factor():
        return True
    with writing():
        is_right = accept_code(form.code.data or "")
    if not is_right:
        form.code.errors = [_wrong_code_text()]
    return is_right


def _wrong_code_text() -> str:
    return _("This code is wrong or has already been used. Wait for the next one.")

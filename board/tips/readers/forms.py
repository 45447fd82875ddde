"""Forms of unlocking and recovery."""

from flask import url_for
from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field, HiddenField
from wtforms.validators import Length, ValidationError

from board.tips.crypto import passphrases
from board.tips.crypto.phrase_parser import InvalidPhrase
from board.tips.forms import REQUIRED, WordsField
from board.tips.phrase_errors import phrase_error_text
from board.web.forms import Form, safe_redirect_path


class UnlockForm(Form):
    """The words of a tip reader; `phrase` is what they are, once the form is valid."""

    WORDS = passphrases.PASSPHRASE_WORDS
    hide = BooleanField(_("Hide what I type"))
    passphrase = WordsField(
        _("Passphrase"),
        [REQUIRED, Length(max=300)],
        description=_("Six words. The first two syllables of each are enough."),
    )
    next = HiddenField()  # the page that was asked for while tips were locked
    phrase = ""

    def validate_passphrase(self, field: Field) -> None:
        try:
            self.phrase = passphrases.read_phrase(field.data, self.WORDS)
        except InvalidPhrase as error:
            raise ValidationError(phrase_error_text(error)) from None

    def next_page(self) -> str:
        """That page if it is one of the desk, otherwise the inbox."""
        path = safe_redirect_path(self.next.data)
        return path if path.startswith("/desk/") else url_for("tip_desk.inbox")


class RecoverForm(UnlockForm):
    WORDS = passphrases.RECOVERY_WORDS
    passphrase = WordsField(
        _("Recovery words"),
        [REQUIRED, Length(max=600)],
        lines=3,
        description=_("The twelve words on your recovery sheet."),
    )

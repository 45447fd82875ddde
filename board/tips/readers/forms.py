"""Forms of unlocking and recovery."""

from flask_babel import lazy_gettext as _
from wtforms import BooleanField, Field
from wtforms.validators import Length, ValidationError

from board.tips.crypto import passphrases
from board.tips.crypto.phrase_parser import InvalidPhrase
from board.tips.forms import REQUIRED, WordsField
from board.tips.phrase_errors import phrase_error_text
from board.web.forms import Form


class UnlockForm(Form):
    """The words of a tip reader; `phrase` is what they are, once the form is valid."""

    WORDS = passphrases.PASSPHRASE_WORDS
    hide = BooleanField(_("Hide what I type"))
    passphrase = WordsField(
        _("Passphrase"),
        [REQUIRED, Length(max=300)],
        description=_("Six words. The first two syllables of each are enough."),
    )
    phrase = ""

    def validate_passphrase(self, field: Field) -> None:
        try:
            self.phrase = passphrases.read_phrase(field.data, self.WORDS)
        except InvalidPhrase as error:
            raise ValidationError(phrase_error_text(error)) from None


class RecoverForm(UnlockForm):
    WORDS = passphrases.RECOVERY_WORDS
    passphrase = WordsField(
        _("Recovery words"),
        [REQUIRED, Length(max=600)],
        lines=3,
        description=_("The twelve words on your recovery sheet."),
    )

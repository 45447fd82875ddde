"""Forms of unlocking and recovery."""

from flask_babel import lazy_gettext as _
from wtforms import PasswordField
from wtforms.validators import Length

from board.tips.forms import REQUIRED
from board.web.forms import Form


class UnlockForm(Form):
    passphrase = PasswordField(
        _("Passphrase"),
        [REQUIRED, Length(max=300)],
        description=_("Six words. The first two syllables of each are enough."),
    )


class RecoverForm(UnlockForm):
    passphrase = PasswordField(
        _("Recovery words"),
        [REQUIRED, Length(max=600)],
        description=_("The twelve words on your recovery sheet."),
    )

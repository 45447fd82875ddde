"""Forms of the OpenPGP key that e-mail is encrypted to."""

from flask_babel import lazy_gettext as _
from wtforms import StringField
from wtforms.validators import Length

from board.tips.forms import REQUIRED, RawTextField
from board.web.forms import Form


class MailKeyForm(Form):
    key = RawTextField(
        _("Public key"),
        [REQUIRED, Length(max=100_000)],
        description=_("What `gpg --armor --export you@example` prints."),
    )


class ProofForm(Form):
    code = StringField(_("Digits from the email"), [REQUIRED, Length(max=40)])

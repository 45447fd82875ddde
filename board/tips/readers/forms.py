"""Forms of unlocking and recovery."""

from flask import url_for
from flask_babel import lazy_gettext as _
from wtforms import HiddenField, PasswordField
from wtforms.validators import Length

from board.tips.forms import REQUIRED
from board.web.forms import Form, safe_redirect_path


class UnlockForm(Form):
    passphrase = PasswordField(
        _("Passphrase"),
        [REQUIRED, Length(max=300)],
        description=_("Six words. The first two syllables of each are enough."),
    )
    next = HiddenField()  # the page that was asked for while tips were locked

    def next_page(self) -> str:
        """That page if it is one of the desk, otherwise the inbox."""
        path = safe_redirect_path(self.next.data)
        return path if path.startswith("/desk/") else url_for("tip_desk.inbox")


class RecoverForm(UnlockForm):
    passphrase = PasswordField(
        _("Recovery words"),
        [REQUIRED, Length(max=600)],
        description=_("The twelve words on your recovery sheet."),
    )

"""Forms of notifications."""

from wtforms import HiddenField
from wtforms.validators import Optional, Regexp

from board.web.forms import ROW_ID, Form


class SeenForm(Form):
    """Marks as seen what the page showed: nothing newer than `up_to`."""

    up_to = HiddenField(validators=[Optional(), Regexp(f"{ROW_ID}$")])
    next = HiddenField()

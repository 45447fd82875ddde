"""The form of the page to unsubscribe."""

from wtforms import HiddenField

from board.web.forms import Form


class UnsubscribeForm(Form):
    """Empty, or with the one field that mail programs send (RFC 8058)."""

    ONE_CLICK = {"List-Unsubscribe": "One-Click"}
    one_click = HiddenField(name="List-Unsubscribe")

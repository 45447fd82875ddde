"""Forms that ask for one's own password before something is changed.

Somebody who signs in without a password has no such field, and re-authenticates instead.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _
from wtforms.validators import DataRequired

from board.accounts.auth.current_user import current_user
from board.accounts.auth.login import check_own_password
from board.accounts.forms import NewPassword, PasswordField, words_of
from board.accounts.sign_in.reauthentication import requires_reauthentication
from board.web.forms import Form

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])
_required = DataRequired(_("Please fill this in."))


class OwnPasswordForm(Form):
    """Base of such forms, for views below `requires_password`."""

    own_password = "password"  # noqa: S105 - the name of its field

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not current_user().password_hash:
            del self[self.own_password]

    def is_right(self) -> bool:
        """Whether the password is. Raises TooManyAttempts and QueueFull."""
        return self.own_password not in self or check_own_password(self[self.own_password].data)


class PasswordForm(OwnPasswordForm, NewPassword):
    """Another password, or the first."""

    own_password = "current"  # noqa: S105
    current = PasswordField(_("Current password"), [_required])
    password = PasswordField(
        _("New password"), [_required], description=NewPassword.password.kwargs["description"]
    )

    def guessable_words(self) -> list[str]:
        return [
            *super().guessable_words(),
            *words_of(current_user().name, current_user().email),
        ]


def requires_password(view: View) -> View:
    """For a view with such a form; stands below @open_to."""
    reauthenticated = requires_reauthentication(view)

    @wraps(view)
    def asking(**values: Any) -> ResponseReturnValue:
        return (view if current_user().password_hash else reauthenticated)(**values)

    return asking  # type: ignore[return-value]

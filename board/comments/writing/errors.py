"""Why a comment is not stored. Other files add what they refuse for; refusals.py has the words."""

from datetime import datetime


class Refused(Exception):
    """The comment was not stored. `retry_at` is when it would be, if that is a matter of time."""

    def __init__(self, retry_at: datetime | None = None) -> None:
        super().__init__()
        self.retry_at = retry_at


class ThreadClosed(Refused):
    """The thread takes no comments, at least for now."""


class ParentGone(Refused):
    """The comment answered is hidden, deleted, or under another article."""


class KeyReused(Refused):
    """Another text was posted under this key."""


class AuthorSuspended(Refused):
    """The account was suspended, or given up, while the comment was on its way."""


class TooSoon(Refused): ...


class TooManyToday(Refused): ...


class TooManyHere(Refused):
    """No more root comments by this account under this article; replies are still welcome."""


class SameText(Refused): ...

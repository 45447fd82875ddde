"""Errors that refuse a comment. Other modules add theirs; error_messages.py has the texts."""

from datetime import datetime


class Refused(Exception):
    """The comment was not stored. `retry_at`: when it can be, if only time is in the way."""

    def __init__(self, retry_at: datetime | None = None) -> None:
        super().__init__()
        self.retry_at = retry_at


class ThreadClosed(Refused):
    """The thread takes no comments, at least for now."""


class ParentGone(Refused):
    """The parent comment is hidden, deleted, or under another article."""


class KeyReused(Refused):
    """Another text was posted with this idempotency key."""


class AuthorSuspended(Refused):
    """The account was suspended or deleted in the meantime."""


class TooSoon(Refused): ...


class TooManyToday(Refused): ...


class TooManyHere(Refused):
    """This account has no root comments left under this article; replies are still possible."""


class SameText(Refused): ...

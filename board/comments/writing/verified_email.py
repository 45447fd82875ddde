"""A check before posting: the author's email address is verified, or the grace is not over."""

from board.accounts.verification.grace import must_verify
from board.comments.writing.create import PendingPost
from board.comments.writing.errors import Refused


class EmailNotVerified(Refused):
    """The account’s grace to post without a verified address is over."""


def check(pending: PendingPost) -> None:
    """Raises EmailNotVerified. Comments written before may be edited."""
    if not pending.is_edit and must_verify(pending.author):
        raise EmailNotVerified

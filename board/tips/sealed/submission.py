"""A source's submission: a new tip, sent once with a form token."""

from dataclasses import dataclass

from board.tips.attachments.drafts import Attachment
from board.tips.crypto import key_files, passphrases
from board.tips.integrity import checkpoints
from board.tips.models import form_tokens, roster
from board.tips.sealed import messages
from board.tips.sealed.keyring import NoReader


class AlreadySent(Exception):
    """The same form was sent by another request at the same moment."""


@dataclass(frozen=True, slots=True)
class Submission:
    """A tip ready to be stored, with the code its source gets."""

    token: str
    text: str
    contact: str
    attachments: list[Attachment]
    code: str
    tag: bytes
    kek: bytes

    @classmethod
    def prepare(
        cls, token: str, text: str, contact: str, attachments: list[Attachment]
    ) -> "Submission":
        """Draw the code. Slow, so call it before the write lock is taken. Raises QueueFull."""
        code = passphrases.new_code()
        tag, kek = key_files.stretch(code)
        return cls(token, text, contact.strip(), attachments, code, tag, kek)

    def store(self) -> None:
        """Encrypt the tip to the readers on the roster now: one may have left it while the source
        was writing. Raises AlreadySent, TooManyTips, NoReader, WentBack and ForgedRoster.
        """
        if form_tokens.is_used(self.token):
            raise AlreadySent
        checkpoints.require_intact()
        if not (readers := roster.members()):
            raise NoReader
        messages.count_submission()
        messages.submit_tip(
            self.text, self.contact, self.attachments, to=readers, tag=self.tag, kek=self.kek
        )
        form_tokens.mark_used(self.token, self.code)

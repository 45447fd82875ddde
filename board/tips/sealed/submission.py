"""A source's submission: a new tip, stored in one write with the code its source gets."""

from dataclasses import dataclass

from board.tips.attachments.drafts import Attachment
from board.tips.crypto import key_files, passphrases
from board.tips.models.key_holders import TipReader
from board.tips.sealed import messages


@dataclass(frozen=True, slots=True)
class Submission:
    """A tip ready to be stored."""

    text: str
    contact: str
    attachments: list[Attachment]
    code: str
    tag: bytes
    kek: bytes

    @classmethod
    def prepare(cls, text: str, contact: str, attachments: list[Attachment]) -> "Submission":
        """Draw the code. Slow, so call it before the write lock is taken. Raises QueueFull."""
        code = passphrases.new_code()
        tag, kek = key_files.stretch(code)
        return cls(text, contact.strip(), attachments, code, tag, kek)

    def store(self, readers: list[TipReader]) -> None:
        """Encrypt the tip to these readers."""
        messages.submit_tip(
            self.text, self.contact, self.attachments, to=readers, tag=self.tag, kek=self.kek
        )

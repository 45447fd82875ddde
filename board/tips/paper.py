"""What a reader of tips keeps on paper."""

import secrets
from dataclasses import dataclass

from board.tips import disk, words
from board.tips.holders import Locks


@dataclass(frozen=True, slots=True)
class Paper:
    """A passphrase for every day, recovery words for the day it is lost, and what they lock."""

    passphrase: str
    recovery: str
    locks: Locks

    @property
    def text(self) -> str:
        return f"{self.passphrase}\n{self.recovery}"

    @classmethod
    def new(cls) -> "Paper":
        """Slow to make, so made before the database is written."""
        salt = secrets.token_bytes(16)
        passphrase = words.new_phrase(words.PASSPHRASE_WORDS)
        recovery = words.new_phrase(words.RECOVERY_WORDS)
        keks = (disk.stretch(phrase, salt=salt)[1] for phrase in (passphrase, recovery))
        return cls(passphrase, recovery, Locks(salt, *keks))

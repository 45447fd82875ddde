"""What a reader of tips keeps on paper."""

import secrets
from dataclasses import dataclass

from board.tips.crypto import key_files, passphrases
from board.tips.models.key_holders import PassphraseKeys


@dataclass(frozen=True, slots=True)
class RecoverySheet:
    """A passphrase for every day, recovery words for the day it is lost, and what they lock."""

    passphrase: str
    recovery: str
    locks: PassphraseKeys

    @property
    def text(self) -> str:
        return f"{self.passphrase}\n{self.recovery}"

    @classmethod
    def new(cls) -> "RecoverySheet":
        """Slow to make, so made before the database is written."""
        salt = secrets.token_bytes(16)
        passphrase = passphrases.new_phrase(passphrases.PASSPHRASE_WORDS)
        recovery = passphrases.new_phrase(passphrases.RECOVERY_WORDS)
        keks = (key_files.stretch(phrase, salt=salt)[1] for phrase in (passphrase, recovery))
        return cls(passphrase, recovery, PassphraseKeys(salt, *keks))

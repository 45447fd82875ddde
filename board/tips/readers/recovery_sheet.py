"""The recovery sheet a tip reader keeps on paper."""

import secrets
from dataclasses import dataclass

from board.tips.crypto import key_files, passphrases
from board.tips.models.key_holders import PassphraseKeys


@dataclass(frozen=True, slots=True)
class RecoverySheet:
    """A passphrase for every day, recovery words for when it is lost, and the keys derived from
    both.
    """

    passphrase: str
    recovery: str
    passphrase_keys: PassphraseKeys

    @property
    def text(self) -> str:
        return f"{self.passphrase}\n{self.recovery}"

    @classmethod
    def new(cls) -> "RecoverySheet":
        """Random words and their keys. Slow, so call it before the write lock is taken."""
        salt = secrets.token_bytes(16)
        passphrase = passphrases.new_phrase(passphrases.PASSPHRASE_WORDS)
        recovery = passphrases.new_phrase(passphrases.RECOVERY_WORDS)
        keks = (key_files.stretch(phrase, salt=salt)[1] for phrase in (passphrase, recovery))
        return cls(passphrase, recovery, PassphraseKeys(salt, *keks))

"""The recipient of a reader's exports: their age key (age-encryption.org) on an offline computer.

Each reader sets their own, and proves once that the other computer can decrypt. It is stored
encrypted with the reader's key, so nobody can replace it.
"""

import secrets

import pyrage
from pyrage.x25519 import Recipient

from board.tips.crypto.primitives import Key
from board.tips.models.key_holders import TipReader

DIGITS = 8  # of the code that proves a recipient


class InvalidRecipient(ValueError):
    """Not an age recipient. `is_secret`: a secret key was entered, which we have now seen."""

    def __init__(self, *, is_secret: bool = False) -> None:
        super().__init__()
        self.is_secret = is_secret


def parse_recipient(typed: str) -> str:
    """Normalise a recipient: `age1` and 58 letters. Raises InvalidRecipient."""
    text = "".join(typed.split()).lower()
    if text.startswith("age-secret-key"):
        raise InvalidRecipient(is_secret=True)
    try:
        return str(Recipient.from_str(text))
    except pyrage.RecipientError as error:
        raise InvalidRecipient from error


def recipient(reader: TipReader, key: Key) -> str:
    """The proven recipient of this reader's exports, or an empty string."""
    return str(_recipient_state(reader, key)["to"])


def offer_recipient(reader: TipReader, key: Key, recipient: str) -> None:
    """Store a recipient to be proven. Until then exports go to the previous one."""
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    state = {"to": _recipient_state(reader, key)["to"], "asked": recipient, "code": code}
    reader.export_to = reader.encrypt_for_self(key, "export", state)


def challenge(reader: TipReader, key: Key) -> tuple[str, str] | None:
    """The recipient to be proven, and a code encrypted to it, as armoured text."""
    state = _recipient_state(reader, key)
    if not state["asked"]:
        return None
    proposed = Recipient.from_str(state["asked"])
    plaintext = f"{state['code'][:4]} {state['code'][4:]}\n".encode()
    return state["asked"], pyrage.encrypt(plaintext, [proposed], armored=True).decode()


def prove(reader: TipReader, key: Key, typed: str) -> bool:
    """Whether this is the code: the other computer can decrypt, so its recipient is used."""
    state = _recipient_state(reader, key)
    digits = "".join(c for c in typed if c.isdecimal())
    if not state["asked"] or not secrets.compare_digest(digits.encode(), state["code"].encode()):
        return False
    proven = {"to": state["asked"], "asked": "", "code": ""}
    reader.export_to = reader.encrypt_for_self(key, "export", proven)
    return True


def _recipient_state(reader: TipReader, key: Key) -> dict[str, str]:
    unset = {"to": "", "asked": "", "code": ""}
    return (
        {**unset, **reader.decrypt_own(key, "export", reader.export_to)}
        if reader.export_to
        else unset
    )

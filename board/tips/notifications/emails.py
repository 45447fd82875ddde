"""Emails to tip readers: they say that there is something new, and not a word more. Sent by
`flask --app wsgi tips notify`, which the background worker runs.

The time of an email would tell when a tip came; so they are sent at set hours, each after a random
wait, and one email covers everything new.
"""

from dataclasses import dataclass
from email.message import EmailMessage, Message

from sqlalchemy import select

from board.db import db
from board.runtime.app import setting
from board.runtime.smtp import connected, send_message
from board.tips.crypto.pgp import BadKey, PublicKey, encrypted_message
from board.tips.models.key_holders import TipReader
from board.tips.notifications.pgp_keys import PgpKey

TEXT = "데스크에서 확인할 것이 있습니다.\n"
LINK = "/desk/unread"  # says nothing of tips; leads to the new one after unlocking


class UnusableKey(Exception):
    """This reader's emails are encrypted, but their key is not valid any more. So none is sent."""


@dataclass(frozen=True, slots=True)
class ReaderEmail:
    """An email to one reader. `certificate`: their proven OpenPGP key, or None."""

    address: str
    certificate: bytes | None = None

    def message(self, text: str = TEXT) -> Message:
        """The message without its addresses. Raises UnusableKey: with a key, nothing is sent
        unencrypted.
        """
        if self.certificate is None:
            plain = EmailMessage()
            plain.set_content(text)
            return plain
        try:
            return encrypted_message(PublicKey.read(self.certificate), text)
        except BadKey as error:
            raise UnusableKey from error


def pending_emails() -> list[ReaderEmail]:
    """Emails to readers with something new since they last unlocked or were last emailed."""
    readers = db.session.scalars(TipReader.active().where(TipReader.has_news.is_(True)))
    return [email_to(reader) for reader in readers]


def email_to(reader: TipReader) -> ReaderEmail:
    key = db.session.scalar(PgpKey.for_reader(reader))
    return ReaderEmail(reader.user.email, key.certificate if key else None)


def mark_sent(addresses: list[str]) -> None:
    """Record that the readers with these addresses have been emailed."""
    for reader in db.session.scalars(select(TipReader)):
        if reader.user.email in addresses:
            reader.has_news = False


def email_text() -> str:
    """The text of every email, with a link if the board's address is known."""
    return f"{TEXT}{setting('ORIGIN')}{LINK}\n" if setting("ORIGIN") else TEXT


def send(server: str, sender: str, email: ReaderEmail, *, site: str, text: str = TEXT) -> None:
    """`server`: as `connected` takes it. Raises DeliveryFailed and UnusableKey."""
    message = email.message(text)
    message["Subject"] = f"[{site}] 확인할 것이 있습니다"
    with connected(server) as connection:
        send_message(message, to=email.address, sender=sender, connection=connection)

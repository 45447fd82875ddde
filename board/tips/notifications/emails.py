"""Mail to readers of tips: that there is something, and not a word more.

When a mail leaves says when a tip came; so an operator sends them at set hours, each after a
random wait, one mail for however much there is.
"""

from dataclasses import dataclass
from email.message import EmailMessage, Message

from sqlalchemy import select

from board.db import db
from board.runtime.smtp import connected, send_message
from board.tips.crypto.pgp import BadKey, PublicKey, sealed_mail
from board.tips.models.key_holders import TipReader
from board.tips.notifications.pgp_keys import PgpKey

TEXT = "데스크에서 확인할 것이 있습니다.\n"


class NoKey(Exception):
    """This reader's mail is encrypted, and their key is good no more. So there is none."""


@dataclass(frozen=True, slots=True)
class ReaderEmail:
    """To one reader. `certificate`: their OpenPGP key, if they have shown that it is theirs."""

    address: str
    certificate: bytes | None = None

    def written(self, text: str = TEXT) -> Message:
        """Raises NoKey: where there is a key, nothing is written in the clear."""
        if self.certificate is None:
            message = EmailMessage()
            message.set_content(text)
            return message
        try:
            return sealed_mail(PublicKey.read(self.certificate), text)
        except BadKey as error:
            raise NoKey from error


def due() -> list[ReaderEmail]:
    """To readers for whom something came since they last looked, or were last told."""
    readers = db.session.scalars(TipReader.all().where(TipReader.has_news.is_(True)))
    return [email_to(reader) for reader in readers]


def email_to(reader: TipReader) -> ReaderEmail:
    key = db.session.scalar(PgpKey.of(reader))
    return ReaderEmail(reader.user.email, key.certificate if key else None)


def mark_sent(addresses: list[str]) -> None:
    """Whoever has these addresses knows; what comes from now on is news again."""
    for reader in db.session.scalars(select(TipReader)):
        if reader.user.email in addresses:
            reader.has_news = False


def send(server: str, sender: str, letter: ReaderEmail, *, site: str, text: str = TEXT) -> None:
    """`server`: as `connected` takes it. Raises NotSent or NoKey."""
    message = letter.written(text)
    message["Subject"] = f"[{site}] 확인할 것이 있습니다"
    with connected(server) as connection:
        send_message(message, to=letter.address, sender=sender, connection=connection)

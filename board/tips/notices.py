"""Mail to readers of tips: that there is something, and not a word more.

When a mail leaves says when a tip came; so an operator sends them at set hours, each after a
random wait, one mail for however much there is.
"""

import smtplib
import ssl
from dataclasses import dataclass
from email.message import EmailMessage, Message
from email.utils import make_msgid
from urllib.parse import unquote, urlsplit

from sqlalchemy import select

from board.db import db
from board.tips.holders import Reader
from board.tips.mail_keys import MailKey
from board.tips.pgp import BadKey, PublicKey, sealed_mail

SECONDS = 20  # for each answer of the mail server
TEXT = "데스크에서 확인할 것이 있습니다.\n"
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class NotSent(Exception):
    """The mail server did not take it. The text says what it answered."""


class NoKey(Exception):
    """This reader's mail is encrypted, and their key is good no more. So there is none."""


@dataclass(frozen=True, slots=True)
class Letter:
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


def due() -> list[Letter]:
    """To readers for whom something came since they last looked, or were last told."""
    readers = db.session.scalars(Reader.all().where(Reader.has_news.is_(True)))
    return [letter_to(reader) for reader in readers]


def letter_to(reader: Reader) -> Letter:
    key = db.session.scalar(MailKey.of(reader))
    return Letter(reader.user.email, key.certificate if key else None)


def told(addresses: list[str]) -> None:
    """Whoever has these addresses knows; what comes from now on is news again."""
    for reader in db.session.scalars(select(Reader)):
        if reader.user.email in addresses:
            reader.has_news = False


def send(server: str, sender: str, letter: Letter, *, site: str, text: str = TEXT) -> None:
    """`server`: smtp://user:password@host:587, or smtps://… Raises NotSent or NoKey.

    Without TLS nothing is sent, unless the server is this machine.
    """
    message = letter.written(text)
    message["Subject"] = f"[{site}] 확인할 것이 있습니다"
    message["From"], message["To"] = sender, letter.address
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    try:
        with _connection(server) as connection:
            _prepare(connection, server)
            connection.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise NotSent(str(error)) from error


def _connection(server: str) -> smtplib.SMTP:
    url = urlsplit(server)
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=SECONDS, context=context)
    return smtplib.SMTP(host, url.port or 587, timeout=SECONDS)


def _prepare(connection: smtplib.SMTP, server: str) -> None:
    url = urlsplit(server)
    if url.scheme == "smtp" and url.hostname not in _LOOPBACK:
        connection.starttls(context=ssl.create_default_context())
    if url.username:
        connection.login(unquote(url.username), unquote(url.password or ""))

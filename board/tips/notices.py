"""Mail to readers of tips: that there is something, and not a word more.

When a mail leaves says when a tip came; so an operator sends them at set hours, each after a
random wait, one mail for however much there is.
"""

import smtplib
import ssl
from email.message import EmailMessage
from email.utils import make_msgid
from urllib.parse import unquote, urlsplit

from sqlalchemy import select

from board.db import db
from board.tips.holders import Reader

SECONDS = 20  # for each answer of the mail server
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class NotSent(Exception):
    """The mail server did not take it. The text says what it answered."""


def due() -> list[Reader]:
    """Readers for whom something came since they last looked, or were last told."""
    return list(db.session.scalars(Reader.all().where(Reader.has_news.is_(True))))


def told(addresses: list[str]) -> None:
    """Whoever has these addresses knows; what comes from now on is news again."""
    for reader in db.session.scalars(select(Reader)):
        if reader.user.email in addresses:
            reader.has_news = False


def send(server: str, sender: str, address: str, *, site: str) -> None:
    """`server`: smtp://user:password@host:587, or smtps://… Raises NotSent.

    Without TLS nothing is sent, unless the server is this machine.
    """
    message = EmailMessage()
    message["Subject"] = f"[{site}] 확인할 것이 있습니다"
    message["From"], message["To"] = sender, address
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    message.set_content("데스크에서 확인할 것이 있습니다.\n")
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

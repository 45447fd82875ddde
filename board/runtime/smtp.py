"""SMTP transport: mail, handed to the newsroom's own mail server."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from email.utils import formataddr, formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

from board.text.domains import ascii_domain

TIMEOUT = 20  # seconds, for each answer of the mail server
CLOSING = 421  # it ends the connection
Connection = smtplib.SMTP
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class DeliveryFailed(Exception):
    """The mail server did not accept the mail. The message has its answer, `code` its number."""

    def __init__(self, answer: object = "", code: int = 0) -> None:
        super().__init__(str(answer))
        self.code = code

    @property
    def is_temporary(self) -> bool:
        return 400 <= self.code < 500


class DeliveryUnknown(DeliveryFailed):
    """The connection broke while the mail was sent: it may have been accepted."""


@contextmanager
def connected(server: str) -> Iterator[smtplib.SMTP]:
    """A connection to `server`: smtp://user:password@host:587, or smtps://… Raises DeliveryFailed.

    Nothing is sent without TLS, unless the server is this machine.
    """
    try:
        connection = _connection(server)
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryFailed(error) from error
    with connection:
        try:
            _prepare(connection, server)
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryFailed(error) from error
        yield connection


def send_message(message: Message, *, to: str, sender: str, connection: smtplib.SMTP) -> None:
    """Send one mail. Raises DeliveryFailed, or DeliveryUnknown."""
    name, address = parseaddr(sender)
    address = ascii_domain(address)
    message["From"], message["To"] = formataddr((name, address)), ascii_domain(to)
    message["Date"] = formatdate(usegmt=True)
    message["Message-ID"] = make_msgid(domain=address.rpartition("@")[2])
    try:
        connection.send_message(message)
    except _REJECTIONS as error:
        raise DeliveryFailed(error, _code(error)) from error
    except OSError as error:
        raise DeliveryUnknown(error) from error


# smtplib derives its exceptions from OSError, so a rejection looks like a broken connection.
_REJECTIONS = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
    ValueError,
)


def _code(error: Exception) -> int:
    """The number of an answer of the mail server; 0 if there was none."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next(code for code, _answer in error.recipients.values())
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0


def _connection(server: str) -> smtplib.SMTP:
    url = urlsplit(server)
    host = url.hostname or "localhost"
    if url.scheme == "smtps":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(host, url.port or 465, timeout=TIMEOUT, context=context)
    return smtplib.SMTP(host, url.port or 587, timeout=TIMEOUT)


def _prepare(connection: smtplib.SMTP, server: str) -> None:
    url = urlsplit(server)
    if url.scheme == "smtp" and url.hostname not in _LOOPBACK:
        connection.starttls(context=ssl.create_default_context())
    if url.username:
        connection.login(unquote(url.username), unquote(url.password or ""))

"""How mail leaves: handed over to the newsroom's own mail server, in plain text."""

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message
from email.utils import make_msgid
from urllib.parse import unquote, urlsplit

TIMEOUT = 20  # for each answer of the mail server
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class DeliveryFailed(Exception):
    """The mail server did not take it. The text says what it answered."""


class DeliveryUnknown(DeliveryFailed):
    """The mail server fell silent with the mail in its hands: it may have taken it."""


@contextmanager
def connected(server: str) -> Iterator[smtplib.SMTP]:
    """`server`: smtp://user:password@host:587, or smtps://… Raises NotSent.

    Without TLS nothing is sent, unless the server is this machine.
    """
    try:
        connection = _connection(server)
    except (OSError, smtplib.SMTPException) as error:
        raise DeliveryFailed(str(error)) from error
    with connection:
        try:
            _prepare(connection, server)
        except (OSError, smtplib.SMTPException) as error:
            raise DeliveryFailed(str(error)) from error
        yield connection


def send_message(message: Message, *, to: str, sender: str, by: smtplib.SMTP) -> None:
    """Raises NotSent, or Unsure."""
    message["From"], message["To"] = sender, to
    message["Message-ID"] = make_msgid(domain=sender.rpartition("@")[2])
    try:
        by.send_message(message)
    except _REFUSALS as error:
        raise DeliveryFailed(str(error)) from error
    except OSError as error:
        raise DeliveryUnknown(str(error)) from error


# smtplib makes what it raises of OSError, so that an answer looks like a lost line.
_REFUSALS = (
    smtplib.SMTPResponseException,
    smtplib.SMTPRecipientsRefused,
    smtplib.SMTPNotSupportedError,
    ValueError,
)


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

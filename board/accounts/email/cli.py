"""Command line: `flask --app wsgi mail send` and `mail check`."""

from email.utils import parseaddr

import click

from board.accounts.email import delivery
from board.accounts.email import queue as email_queue
from board.accounts.forms import is_email, normalize_email
from board.db.commands import CommandGroup
from board.runtime.app import setting
from board.runtime.background import TaskFailed
from board.runtime.smtp import DeliveryFailed
from board.text.domains import ascii_domain
from board.web.i18n import LANGUAGES

mail_cli = CommandGroup("mail", help="Emails to readers.")


@mail_cli.command("send")
def send() -> None:
    """Send what waits now. `serve` does it by itself, and `work --once` from cron."""
    _ensure_configured()
    try:
        sent = delivery.send_due()
    except TaskFailed as error:
        raise click.ClickException(str(error)) from error
    if sent:
        click.echo(f"{sent} sent.")


@mail_cli.command("check")
@click.argument("address")
@click.option("--language", type=click.Choice(LANGUAGES), default=LANGUAGES[0], show_default=True)
def check(address: str, language: str) -> None:
    """Send one email to ADDRESS, and say what to look for when it has arrived."""
    _ensure_configured()
    to = normalize_email(address)
    if not is_email(to):
        raise click.ClickException(f"{address} is not an email address.")
    try:
        delivery.send_test(to, language)
    except DeliveryFailed as error:
        raise click.ClickException(f"The mail server said: {error}") from error
    domain = ascii_domain(parseaddr(setting("MAIL_FROM"))[1]).rpartition("@")[2]
    click.echo(_ADVICE.format(to=to, domain=domain))


_ADVICE = """\
The mail server has taken it for {to}. It should arrive within a minute, not in the folder
for spam. There, show its source (Gmail: Show original; Naver: 원문 보기) and look for:

  SPF    `spf=pass` in Authentication-Results. If not, name the servers that send your mail in a
         TXT record of {domain}: "v=spf1 … -all".
  DKIM   `dkim=pass`, with d={domain} and, in h=, both list-unsubscribe and
         list-unsubscribe-post. If not, let your mail server sign mail, and sign these headers.
  DMARC  `dmarc=pass`: From, SPF or DKIM agree about the domain. If not, publish a TXT record at
         _dmarc.{domain}: "v=DMARC1; p=none; rua=mailto:…", and tighten it later.

Gmail and Naver demand all three of senders of many emails."""


def _ensure_configured() -> None:
    if not email_queue.is_configured():
        raise click.ClickException("Set BOARD_MAIL_SERVER, BOARD_MAIL_FROM and BOARD_ORIGIN first.")

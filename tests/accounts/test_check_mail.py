"""An operator tries out the mail server before readers depend on it."""

import pytest
from click.testing import Result
from flask import Flask

from accounts.conftest import Mailboxes
from board.accounts.email.cli import mail_cli
from support.fake_smtp import FakeSmtpServer


def check(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(mail_cli, ["check", *words])


def test_one_email_is_sent_and_the_command_says_what_to_look_for(
    app: Flask, mail: Mailboxes, smtp_server: FakeSmtpServer
) -> None:
    result = check(app, "Op@Pier.example")

    assert result.exit_code == 0
    ((to, message),) = smtp_server.messages
    assert (to, message["Subject"]) == ("op@pier.example", "[전체댓글] 메일 발송 확인")
    assert message["List-Unsubscribe"] and message["List-Unsubscribe-Post"]
    for word in ("SPF", "DKIM", "DMARC", "_dmarc.harbour.example", "list-unsubscribe-post"):
        assert word in result.output


def test_it_is_sent_in_either_language(
    app: Flask, mail: Mailboxes, smtp_server: FakeSmtpServer
) -> None:
    check(app, "op@pier.example", "--language", "en")
    assert smtp_server.messages[0][1]["Subject"] == "[전체댓글] Checking email"


@pytest.mark.parametrize("address", ["", "op", "op@pier", "이브@pier.example"])
def test_what_is_no_address_is_not_tried(app: Flask, mail: Mailboxes, address: str) -> None:
    result = check(app, address)
    assert (result.exit_code, "is not an email address" in result.output) == (1, True)


def test_what_the_mail_server_says_is_repeated(
    app: Flask, mail: Mailboxes, smtp_server: FakeSmtpServer
) -> None:
    smtp_server.answer = "550 Relaying denied"
    result = check(app, "op@pier.example")
    assert result.exit_code == 1
    assert "The mail server said: (550, b'Relaying denied')" in result.output


def test_without_a_mail_server_it_says_what_to_set(app: Flask) -> None:
    assert "Set BOARD_MAIL_SERVER" in check(app, "op@pier.example").output

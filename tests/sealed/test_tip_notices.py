"""Readers are told by mail that there is something, and nothing more."""

import socket
from collections.abc import Iterator
from email import message_from_bytes, policy
from typing import Any

import pytest
from aiosmtpd.controller import Controller

from board.tips import notices
from board.tips.commands import tips_cli

STORY = "과장이 장부를 두 권 씁니다."


class Postman:
    """A mail server that keeps what it is given, or refuses it."""

    def __init__(self) -> None:
        self.mails: list[Any] = []
        self.answer = "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            mail = message_from_bytes(envelope.content, policy=policy.default)
            self.mails.append((envelope.rcpt_tos, mail))
        return self.answer


@pytest.fixture
def postman(app: Any) -> Iterator[Postman]:
    postman = Postman()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = Controller(postman, hostname="127.0.0.1", port=port)
    server.start()
    app.config["MAIL_SERVER"] = f"smtp://127.0.0.1:{port}"
    app.config["MAIL_FROM"] = "desk@harbour.example"
    yield postman
    server.stop()


def notify(app):
    return app.test_cli_runner().invoke(tips_cli, ["notify", "--within", "0"])


def test_each_reader_gets_one_mail_however_many_tips_came(app, postman, desk, second_desk, source):
    for number in range(3):
        source.send(f"{STORY} {number}")

    assert notify(app).exit_code == 0

    assert sorted(to for to, _ in postman.mails) == [
        ["jin@harbour.example"], ["tess@harbour.example"],
    ]  # fmt: skip
    assert notify(app).exit_code == 0
    assert len(postman.mails) == 2


def test_the_mail_says_nothing_but_that_there_is_something(app, postman, desk, source):
    source.send(STORY, contact="010-9999-0000")
    notify(app)

    mail = postman.mails[0][1]
    assert mail["Subject"] == "[전체댓글] 확인할 것이 있습니다"
    assert mail.get_content().strip() == "데스크에서 확인할 것이 있습니다."
    assert mail["To"] == "tess@harbour.example"
    assert "제보" not in mail.as_string()
    assert set(mail.keys()) <= {
        "Subject", "From", "To", "Message-ID", "Content-Type", "MIME-Version",
        "Content-Transfer-Encoding", "X-Peer", "X-MailFrom", "X-RcptTo",
    }  # fmt: skip


def test_who_has_looked_is_not_told(app, postman, desk, source):
    source.send(STORY)
    desk.unlock()
    notify(app)

    assert postman.mails == []


def test_what_a_source_adds_is_news_again(app, postman, desk, sent):
    notify(app)
    sent.enter()
    sent.add("더 있습니다.")
    notify(app)

    assert len(postman.mails) == 2


def test_a_mail_that_was_refused_is_sent_next_time(app, postman, desk, sent):
    postman.answer = "451 Later"
    refused = notify(app)
    postman.answer = "250 OK"
    notify(app)

    assert refused.exit_code == 1
    assert "451" in refused.output
    assert len(postman.mails) == 1


def test_nothing_is_sent_in_the_clear_to_another_machine(app, postman, monkeypatch):
    """This mail server offers no TLS; were it elsewhere, it would get nothing."""
    monkeypatch.setattr(notices, "_LOOPBACK", ())

    with pytest.raises(notices.NotSent):
        notices.send(app.config["MAIL_SERVER"], "a@b.example", "c@d.example", site="x")
    assert postman.mails == []


def test_without_a_mail_server_the_command_says_what_to_set(app, desk):
    answer = notify(app)

    assert answer.exit_code == 1
    assert "BOARD_MAIL_SERVER" in answer.output


def test_an_operator_tidies(app, desk, sent):
    answer = app.test_cli_runner().invoke(tips_cli, ["tidy"])

    assert answer.output == "0 tips erased.\n"

"""Fake SMTP server for tests that send mail."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.contentmanager import ContentManager, raw_data_manager
from email.message import EmailMessage, Message
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask


class _PlainText(ContentManager):
    """The content of a message in several forms is its plain text, which most tests read."""

    def get_content(self, msg: Message, *args: Any, **kwargs: Any) -> Any:
        is_in_forms = msg.get_content_type() == "multipart/alternative"
        assert isinstance(msg, EmailMessage)
        part = msg.get_body(("plain",)) if is_in_forms else msg
        assert part
        return raw_data_manager.get_content(part, *args, **kwargs)


_POLICY = policy.default.clone(content_manager=_PlainText())


@dataclass
class FakeSmtpServer:
    """Records each message once per recipient, or gives another answer than 250: to all mail, or to
    that for a domain."""

    messages: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answer: str = "250 OK"
    answers_for: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        answer = self.answers_for.get(address.rpartition("@")[2], "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return answer

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=_POLICY)
            self.messages += [(to, message) for to in envelope.rcpt_tos]
        return self.answer

    def texts(self) -> list[str]:
        """The texts of all messages. No property: aiosmtpd reads all properties, per connection."""
        return [message.get_content() for _to, message in self.messages]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@pytest.fixture
def smtp_server(app: Flask) -> Iterator[FakeSmtpServer]:
    """A fake SMTP server that gets the board's mail."""
    smtp_server = FakeSmtpServer()
    port = free_port()
    controller = Controller(smtp_server, hostname="127.0.0.1", port=port)
    controller.start()
    app.config["MAIL_SERVER"] = f"smtp://127.0.0.1:{port}"
    app.config["MAIL_FROM"] = "desk@harbour.example"
    yield smtp_server
    controller.stop()

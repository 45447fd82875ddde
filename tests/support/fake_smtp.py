"""A mail server for whoever is told something by mail."""

import socket
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from flask import Flask


@dataclass
class Postman:
    """Keeps what it is handed, once for each recipient, or answers as it is told to."""

    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answer.startswith("250"):
            message = message_from_bytes(envelope.content, policy=policy.default)
            self.letters += [(to, message) for to in envelope.rcpt_tos]
        return self.answer

    def texts(self) -> list[str]:
        """No property: aiosmtpd reads all that there are, for each connection."""
        return [message.get_content() for _to, message in self.letters]


@pytest.fixture
def postman(app: Flask) -> Iterator[Postman]:
    """The board's mail goes to this one."""
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

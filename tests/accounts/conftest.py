"""A board with a mail server, and the mailboxes of those it writes to."""

import re
from collections.abc import Callable
from email.message import EmailMessage

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from board.accounts.auth.passwords import hash_password
from board.accounts.email.cli import mail_cli
from board.accounts.models import User
from board.db import db, now, writing
from conftest import PASSWORD, person
from support.fake_smtp import FakeSmtpServer


class Mailboxes:
    """What has arrived, by address."""

    def __init__(self, app: Flask, server: FakeSmtpServer) -> None:
        self._app, self._server = app, server

    def of(self, address: str) -> list[EmailMessage]:
        """All emails to this address, after those that wait were sent."""
        db.session.rollback()
        result = self._app.test_cli_runner().invoke(mail_cli, ["send"])
        assert result.exit_code == 0, result.output
        db.session.rollback()
        db.session.expire_all()
        return [message for to, message in self._server.messages if to == address]

    def subjects(self, address: str) -> list[str]:
        return [message["Subject"].partition("] ")[2] for message in self.of(address)]

    def code(self, address: str) -> str:
        """The code in the newest email."""
        digits = re.search(r"\d{4} \d{4}", self.of(address)[-1].get_content())
        assert digits
        return digits[0]


@pytest.fixture
def mail(app: Flask, smtp_server: FakeSmtpServer) -> Mailboxes:
    """Turns mail on."""
    app.config["ORIGIN"] = "http://localhost"
    return Mailboxes(app, smtp_server)


@pytest.fixture
def member(app: Flask) -> Callable[..., User]:
    """Makes an account with a password, verified unless said otherwise."""

    def make(name: str, *, verified: bool = True, **capabilities: bool) -> User:
        user = person(name, **capabilities)
        with writing():
            user.password_hash = hash_password(PASSWORD)
            user.email_verified_at = now() if verified else None
        return user

    return make


def sign_up(client: FlaskClient, **fields: str) -> TestResponse:
    form = {"email": "sora@harbour.example", "name": "소라", "password": PASSWORD, "of_age": "y"}
    return client.post("/sign-up", data={**form, **fields})


def is_signed_in(client: FlaskClient) -> bool:
    return client.get("/account").status_code == 200

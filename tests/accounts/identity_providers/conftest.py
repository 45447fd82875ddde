"""A board that is registered with all providers, which are fakes, and somebody at a browser."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from board.accounts.sign_in_methods.identity_providers import background, providers
from board.config.client_parsers import parse_apple_client
from board.db import db
from board.runtime.event_log import EventLog
from conftest import NO_LIMITS
from support.fake_providers import APPLE_SETTING, SETTINGS, FakeProviders


@pytest.fixture(scope="session")
def served_fake() -> Iterator[FakeProviders]:
    with FakeProviders().served() as fake:
        yield fake


@pytest.fixture
def fake(served_fake: FakeProviders) -> FakeProviders:
    """Honest, until a test says otherwise."""
    served_fake.claims, served_fake.header, served_fake.discovered = {}, {}, {}
    served_fake.answer, served_fake.signs_with_secret = "", ""
    served_fake.has_discovery = True
    served_fake.asked.clear()
    served_fake.linked.clear()
    return served_fake


@pytest.fixture
def settings(fake: FakeProviders) -> dict[str, Any]:
    return {**NO_LIMITS, **SETTINGS, "FAKE_PROVIDERS": fake.url}


@pytest.fixture
def app(app: Flask) -> Flask:
    """The worker has fetched what the providers offer. No test fills the log of another."""
    app.extensions["event_log"] = EventLog()
    background.renew()
    background.renew()
    return app


@pytest.fixture
def apple(app: Flask, fake: FakeProviders, monkeypatch: pytest.MonkeyPatch) -> None:
    """Apple is set up too, with its key in the instance folder."""
    client = parse_apple_client(APPLE_SETTING)
    assert client
    path = client.key_path(Path(app.instance_path))
    path.parent.mkdir()
    path.write_bytes(fake.apple_p8())
    monkeypatch.setitem(app.config, "APPLE", client)
    background.renew()


class Visit:
    """Somebody at a browser who signs in with an account elsewhere."""

    def __init__(self, client: FlaskClient, fake: FakeProviders) -> None:
        self.client, self.fake = client, fake

    def begin(self, name: str, next: str = "") -> str:
        """Where the button leads."""
        return str(self.client.post(f"/sign-in/with/{name}", data={"next": next}).location)

    def link(self, name: str) -> str:
        return str(self.client.post(f"/account/identities/{name}/link").location)

    def agree(self, address: str, subject: str) -> TestResponse:
        """What the board answers when they are back."""
        return self.go(self.fake.agree(address, subject))

    def go(self, address: str) -> TestResponse:
        headers = {"Sec-Fetch-Site": "cross-site"}
        return self.client.get(address.removeprefix("http://localhost"), headers=headers)

    def sign_in(self, name: str, subject: str, next: str = "") -> TestResponse:
        return self.agree(self.begin(name, next), subject)

    def join(self, name: str, subject: str, called: str, next: str = "") -> TestResponse:
        self.sign_in(name, subject, next)
        return self.client.post("/sign-up/with", data={"name": called, "of_age": "y"})

    @property
    def is_signed_in(self) -> bool:
        return self.client.get("/account").status_code == 200


@pytest.fixture
def visit(app: Flask, fake: FakeProviders) -> Callable[..., Visit]:
    """Makes a browser, that of a guest unless another is given."""

    def make(client: FlaskClient | None = None) -> Visit:
        return Visit(client or app.test_client(), fake)

    return make


def issuer(name: str) -> str:
    provider = providers.named(name)
    assert provider
    db.session.rollback()
    return provider.issuer


def path(answer: TestResponse) -> str:
    """Where an answer leads, without its notice."""
    return urlsplit(answer.location).path

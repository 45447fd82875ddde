"""Personal tokens for tests, and a program that sends one."""

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from board.accounts.models import User
from board.accounts.sign_in_methods.personal_tokens.models import SCOPES, create_token
from board.db import db, writing


def token_of(user: User, *scopes: str, days: int = 30) -> str:
    with writing():
        return create_token(
            db.session.get_one(User, user.id), name="test", scopes=scopes or SCOPES, days=days
        )


class Program:
    """A client that sends a token with each request, and a new idempotency key with each POST."""

    def __init__(self, app: Flask, token: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.token, self._made = token, 0

    def send(self, method: str, path: str, json: Any = None, **headers: str) -> Any:
        self._made += 1
        given = {"Sec-Fetch-Site": None, "Authorization": f"Bearer {self.token}"}
        if method == "POST":
            given["Idempotency-Key"] = f"key {self._made}".replace(" ", "-")
        given |= {name.replace("_", "-"): text for name, text in headers.items()}
        options = {} if json is None else {"json": json}
        return self.client.open(f"/api/v1/{path}", method=method, headers=given, **options)

"""Two at the same moment, again and again: of what is good once, exactly one gets it."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.conftest import Mailboxes
from board.accounts.auth.passwords import hash_password
from board.accounts.auth.used_tokens import UsedToken, use_once
from board.accounts.models import Session, User, token_hash
from board.accounts.sign_in_methods.identity_providers.models import KAKAO_ISSUER, Identity
from board.accounts.verification.models import EmailVerification, Purpose
from board.config.client_parsers import parse_client
from board.db import close_connections, db, now, writing
from board.db.engine import writing_engine
from conftest import PASSWORD

pytestmark = pytest.mark.slow
ROUNDS = 200
Member = Callable[..., User]
Together = Callable[..., list[Any]]


@pytest.fixture
def settings() -> dict[str, Any]:
    return {"SIGN_UPS_PER_HOUR": 0}


@pytest.fixture
def together(app: Flask) -> Iterator[Together]:
    """Has two threads call something at the same moment. They stay, and so do their connections to
    the database, which nothing here has to bring through a power cut."""
    connection = writing_engine().raw_connection()
    connection.cursor().execute("PRAGMA synchronous = OFF")
    connection.close()
    start = threading.Barrier(2)

    def run(act: Callable[[], Any]) -> Any:
        with app.app_context():
            start.wait(30)
            return act()

    def close(_number: int) -> None:
        with app.app_context():
            start.wait(30)
            close_connections()

    with ThreadPoolExecutor(2) as threads:

        def both(*acts: Callable[[], Any]) -> list[Any]:
            found = list(threads.map(run, acts))
            db.session.rollback()
            db.session.expire_all()
            return sorted(found, key=str)

        yield both
        list(threads.map(close, range(2)))


def count(table: type) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(table)) or 0


def code_for(user: User, app: Flask, *, number: int) -> tuple[str, str]:
    """Token of a browser that may sign in by a code, and the code."""
    token = f"browser {number}"
    with writing():
        verification = EmailVerification(
            browser_hash=token_hash(token), purpose=Purpose.SIGN_IN.value, address=user.email,
            language="ko", next="/", expires_at=now() + EmailVerification.LIFE,
        )  # fmt: skip
        db.session.add(verification)
        db.session.flush()
        verification.renew_code()
        db.session.flush()
        code = verification.code(key=app.config["SECRET_KEY"])
    return token, code


def tab(app: Flask, token: str, *, number: int) -> FlaskClient:
    """A tab of this browser, in a network of its own."""
    client = app.test_client()
    client.set_cookie("board_verification", token)
    client.environ_base["REMOTE_ADDR"] = f"10.{number // 250}.{number % 250}.1"
    return client


def test_a_token_is_used_once(app: Flask, together: Together) -> None:
    for number in range(ROUNDS):

        def use(token: str = f"token {number}") -> bool:
            with writing():
                return use_once(token, expires_at=now() + timedelta(minutes=5))

        assert together(use, use) == [False, True]
    assert count(UsedToken) == ROUNDS


def test_a_code_in_two_tabs_signs_in_one(
    app: Flask, mail: Mailboxes, member: Member, together: Together
) -> None:
    ada = member("ada")
    for number in range(ROUNDS // 4):
        token, code = code_for(ada, app, number=number)

        def press(token: str = token, code: str = code, number: int = number) -> str | None:
            return tab(app, token, number=number).post("/verify", data={"code": code}).location

        assert together(press, press) == ["/", "/sign-in?notice=code_over"]
    assert (count(Session), count(EmailVerification)) == (ROUNDS // 4, 0)


def test_two_wrong_codes_at_once_are_two_tries(
    app: Flask, mail: Mailboxes, member: Member, together: Together
) -> None:
    """Five are all that there are, however many come together."""
    ada = member("ada")
    for number in range(ROUNDS // 10):
        token, code = code_for(ada, app, number=number)
        wrong = f"{(int(code) + 1) % 10**8:08}"

        def press(token: str = token, wrong: str = wrong, number: int = number) -> int:
            return tab(app, token, number=number).post("/verify", data={"code": wrong}).status_code

        assert [together(press, press) for _ in range(3)] == [[422, 422], [422, 422], [303, 303]]
        with writing():
            row = db.session.scalars(select(EmailVerification)).one()
            tries = row.tries
            db.session.delete(row)
        assert tries == EmailVerification.TRIES_MAX
    assert count(Session) == 0


def test_of_the_last_two_ways_in_one_stays(
    app: Flask, as_: Callable[[User], FlaskClient], member: Member, together: Together
) -> None:
    """Somebody removes both in two tabs."""
    app.config["KAKAO"] = parse_client("kakao-id kakao-secret-of-the-fake")
    ada = member("ada")
    token = as_(ada).get_cookie("board_session")
    assert token
    password_hash = hash_password(PASSWORD)
    for _ in range(ROUNDS // 8):
        with writing():
            user = db.session.merge(ada)
            user.password_hash = password_hash
            if Identity.at(KAKAO_ISSUER, user) is None:
                db.session.add(Identity(issuer=KAKAO_ISSUER, subject="1001", user_id=user.id))

        def remove(path: str, token: str = token.value) -> int:
            client = app.test_client()
            client.set_cookie("board_session", token)
            return client.post(path).status_code

        statuses = together(
            lambda: remove("/account/password/remove"),
            lambda: remove("/account/identities/kakao/unlink"),
        )
        user = db.session.get_one(User, ada.id)
        left = [bool(user.password_hash), Identity.at(KAKAO_ISSUER, user) is not None]
        assert (statuses, sorted(left)) == ([303, 422], [False, True])
